"""Which rules for metadata and labels reach an app, what they speak of, and how they read."""

import uuid
from collections.abc import Mapping

from django.utils.translation import gettext as _

from marketplace.transform_models import TransformRule, rules_for
from policy.transforms import Does, Target, Transform
from tenancy.models import MicroApp


def transforms_for(tenant_id: uuid.UUID, template: str) -> tuple[Transform, ...]:
    """The rules for this organisation's apps of this template, the widest first."""
    return tuple(rule.as_transform() for rule in rules_for(tenant_id, template))


def facts_of(app: MicroApp, labels: Mapping[str, str]) -> dict[str, str]:
    """What values of rules may speak of (`policy.transforms.FACTS`)."""
    return {
        "tenant": str(app.tenant_id),
        "workspace": app.workspace.slug,
        "app": app.publishable_id,
        **{name: labels[name] for name in ("template", "region", "classification", "kind")},
    }


def rows_of(tenant_id: uuid.UUID, template: str) -> list[tuple[str, str]]:
    """Each rule in a sentence, with its reason."""
    return [(_words(rule), rule.reason) for rule in rules_for(tenant_id, template)]


def _words(rule: TransformRule) -> str:
    facts = {"name": rule.name, "value": rule.value}
    match Target(rule.target), Does(rule.does):
        case Target.LABEL, Does.PUT:
            return _("Every file gets the label %(name)s: %(value)s") % facts
        case Target.LABEL, Does.STRIP:
            return _("The label %(name)s is left out") % facts
        case Target.METADATA, Does.PUT:
            return _("Every file gets the note %(name)s: %(value)s") % facts
    return _("Notes of an app named %(name)s are left out") % facts
