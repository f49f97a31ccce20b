"""Rules of the platform's owner that change metadata and labels; a change holds for every app within a second."""

import uuid
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from kernel import clock
from kernel.identifiers import new_id
from policy.transforms import (
    FACTS,
    MAX_ADDED_LABELS,
    MAX_ADDED_METADATA,
    MAX_VALUE_CHARACTERS,
    Does,
    Target,
    Transform,
    objections_to,
)

_MOST = {Target.LABEL: MAX_ADDED_LABELS, Target.METADATA: MAX_ADDED_METADATA}


def _check(name: str, condition: Q) -> models.CheckConstraint:
    return models.CheckConstraint(condition=condition, name=f"transform_rule_{name}")


class TransformRule(models.Model):
    """One rule, for all, for one organisation, for one template, or for both together.

    The organisation is named and not referred to: the row is the platform's, and no tenant's.
    """

    class On(models.TextChoices):
        """What it changes."""

        LABEL = Target.LABEL.value, "a label"
        METADATA = Target.METADATA.value, "metadata"

    class Deed(models.TextChoices):
        """What it does."""

        PUT = Does.PUT.value, "put it on"
        STRIP = Does.STRIP.value, "leave it out"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    position = models.PositiveSmallIntegerField(default=0, help_text="Rules of one reach go in this order.")
    organisation = models.UUIDField(null=True, blank=True, help_text="Its id; empty: every organisation.")
    template = models.CharField(max_length=63, blank=True, help_text="Its short name; empty: every template.")
    target = models.CharField("what", max_length=8, choices=On.choices)
    does = models.CharField("do", max_length=5, choices=Deed.choices)
    name = models.CharField(max_length=40, help_text="What is left out may end with *.")
    value = models.CharField(
        max_length=MAX_VALUE_CHARACTERS, blank=True, help_text=f"May hold {', '.join(f'{{{fact}}}' for fact in FACTS)}."
    )
    reason = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = "rule for metadata and labels"
        verbose_name_plural = "rules for metadata and labels"
        ordering: ClassVar = ["position", "created_at"]
        constraints: ClassVar = [
            _check("names_something", ~Q(name="")),
            _check("has_a_reason", ~Q(reason="")),
            _check("strips_whole", Q(does=Does.PUT.value) | Q(value="")),
            _check("target_is_known", Q(target__in=[each.value for each in Target])),
            _check("deed_is_known", Q(does__in=[each.value for each in Does])),
        ]

    def __str__(self) -> str:
        return f"{self.get_does_display()}: {self.get_target_display()} {self.name}"

    @property
    def width(self) -> int:
        """Wider rules come first, so that narrower ones have the last word."""
        return 2 * bool(self.template) + bool(self.organisation)

    def as_transform(self) -> Transform:
        """The rule as it is carried out."""
        return Transform(Target(self.target), Does(self.does), self.name, self.value)

    def clean(self) -> None:
        """Raises ValidationError for a rule that can't be carried out, or one name too many."""
        if self.target and self.does and (objections := list(objections_to(self.as_transform()))):
            raise ValidationError(objections)
        if self.does == Does.PUT and self.target:
            self._require_room()

    def _require_room(self) -> None:
        """Counted over all rules, since any of them may meet on one file."""
        others = TransformRule.objects.filter(does=Does.PUT, target=self.target).exclude(pk=self.pk)
        names = {self.name, *others.values_list("name", flat=True)} - {"classification"}
        most = _MOST[Target(self.target)]
        if len(names) > most:
            raise ValidationError(_("All rules together put on at most %(most)s of these."), params={"most": most})


def rules_for(tenant_id: uuid.UUID, template: str) -> list[TransformRule]:
    """The rules that reach an app, the widest first."""
    reaching = TransformRule.objects.filter(Q(organisation=None) | Q(organisation=tenant_id))
    rules = reaching.filter(template__in=("", template)).order_by("position", "created_at", "id")
    return sorted(rules, key=lambda rule: rule.width)
