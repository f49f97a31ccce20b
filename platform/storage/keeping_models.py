"""Keeping: how long one app's files stay, by its template and by its workspace's owner."""

from collections.abc import Mapping
from typing import ClassVar

import msgspec
from django.db import models
from django.db.models import F, Q

from policy.lifetimes import Rules, rules_for
from policy.shape import LabelTerms
from storage.durations import kept_in_words
from tenancy.models import MicroApp, TenantModel


class Keeping(TenantModel):
    """How long an app's files stay, in days: its template's rule, or what its workspace's owner made of it.

    An owner may go down to the retention's minimum and up to what the template told people; None is for ever. The
    template's `terms` for some labels hold beside it.
    """

    app = models.OneToOneField(MicroApp, on_delete=models.PROTECT, related_name="keeping", editable=False)
    delete_after_days = models.PositiveIntegerField("delete after days", null=True, blank=True)
    minimum_days = models.PositiveIntegerField(default=0, editable=False)
    longest_days = models.PositiveIntegerField(null=True, editable=False)
    label = models.CharField(max_length=100, blank=True, editable=False)
    archive_after_days = models.PositiveIntegerField("archive after days", null=True, blank=True)
    latest_archive_days = models.PositiveIntegerField(null=True, editable=False)
    terms = models.JSONField(default=list, db_default=[], editable=False)

    class Meta:
        verbose_name_plural = "keeping"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(delete_after_days=None) | Q(delete_after_days__gte=F("minimum_days")),
                name="keeping_not_under_retention",
            ),
            models.CheckConstraint(
                condition=Q(longest_days=None)
                | Q(delete_after_days__isnull=False, delete_after_days__lte=F("longest_days")),
                name="keeping_not_over_template",
            ),
            models.CheckConstraint(
                condition=Q(archive_after_days=None, latest_archive_days=None)
                | Q(
                    archive_after_days__isnull=False,
                    latest_archive_days__isnull=False,
                    archive_after_days__gte=1,
                    archive_after_days__lte=F("latest_archive_days"),
                ),
                name="keeping_archives_as_template",
            ),
        ]

    @property
    def rules(self) -> Rules:
        """What holds for all files, before their labels are asked."""
        return Rules(self.delete_after_days, self.minimum_days, self.archive_after_days)

    @property
    def by_label(self) -> tuple[LabelTerms, ...]:
        """The template's other days for the files of some labels."""
        return msgspec.convert(self.terms, tuple[LabelTerms, ...])

    def rules_for(self, labels: Mapping[str, str]) -> Rules:
        """What holds for a file with these labels."""
        return rules_for(labels, self.rules, self.by_label)

    def __str__(self) -> str:
        return f"{self.app}: {kept_in_words(self.delete_after_days)}"
