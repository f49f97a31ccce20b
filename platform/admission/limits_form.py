"""Costs, rates and weights as fields of a form: filled with what is in force, read as a document over the defaults."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.forms.models import ModelFormMetaclass
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from admission.limits import LARGEST_COST, Layer, Limits, LimitsError, default_limits, limits_from
from admission.models import LimitsRevision
from admission.operations import Kind, Operation
from kernel.language import number

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LAYERS = tuple(layer for layer in Layer if layer is not Layer.TEMPLATE)
"""A template has a limit only in an emergency, on a page of its own."""

WHO = {
    Layer.PLATFORM: _("Everybody together"),
    Layer.TENANT: _("One organisation"),
    Layer.APP: _("One app"),
    Layer.USER: _("One person in one organisation"),
    Layer.TOKEN: _("One key"),
}
WHAT = {
    Kind.READ: _("reading"),
    Kind.WRITE: _("writing"),
    Kind.FINISH: _("completing, cancelling, ending access"),
    Kind.TOKEN: _("getting keys"),
    Kind.CHECK: _("checking keys"),
}


_number_in_words = lazy(number, str)


def cost_field(operation: Operation) -> str:
    """The field's name."""
    return f"cost_{operation.value}"


def rate_fields(layer: Layer, kind: Kind) -> tuple[str, str]:
    """The names of what a rate is made of: units a minute, units at once."""
    return f"{layer.value}_{kind.value}_per_minute", f"{layer.value}_{kind.value}_burst"


def filled_with(limits: Limits) -> dict[str, Any]:
    """What the fields show."""
    shown: dict[str, Any] = {cost_field(operation): limits.costs[operation] for operation in Operation}
    for layer in LAYERS:
        for kind in Kind:
            rate = limits.rates[layer, kind]
            shown |= zip(rate_fields(layer, kind), (rate.per_minute, rate.burst), strict=True)
    shown["weights"] = "\n".join(f"{app} {weight}" for app, weight in sorted(limits.weights.items()))
    return shown


class _LimitsForm(forms.ModelForm[LimitsRevision]):
    """Everything at once, since costs must fit into rates."""

    weights = forms.CharField(
        required=False,
        label=_("Weights"),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("An app's id and its weight from 1 to 100, one app a line: its part of its organisation's share."),
    )
    document: dict[str, Any]

    class Meta:
        model = LimitsRevision
        fields = ("reason",)

    def clean(self) -> dict[str, Any]:
        """The document of what differs from the defaults. What can't hold is said at its field."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        try:
            self.document = _document(cleaned)
            limits_from(self.document)
        except LimitsError as error:
            for each in error.errors:
                self.add_error(_field_of(each.pointer), each.detail)
        except ValueError as error:
            self.add_error("weights", str(error))
        return cleaned


def _fields() -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {}
    standard = filled_with(default_limits())
    for operation in Operation:
        name = cost_field(operation)
        words = _("Of the rates for {what}. By default {standard}.")
        hint = format_lazy(words, what=WHAT[operation.kind], standard=_number_in_words(standard[name]))
        fields[name] = forms.IntegerField(min_value=1, max_value=LARGEST_COST, label=operation.value, help_text=hint)
    for layer in LAYERS:
        for kind in Kind:
            per_minute, burst = rate_fields(layer, kind)
            fields[per_minute] = _number(
                format_lazy(_("{what}, a minute"), what=WHAT[kind]), standard[per_minute], 60_000_000
            )
            fields[burst] = _number(_("at once"), standard[burst], 10_000_000)
    return fields


def _number(label: "_StrPromise", standard: int, most: int) -> forms.IntegerField:
    hint = format_lazy(_("By default {standard}."), standard=_number_in_words(standard))
    return forms.IntegerField(min_value=1, max_value=most, label=label, help_text=hint)


LimitsForm = cast("type[_LimitsForm]", ModelFormMetaclass("LimitsForm", (_LimitsForm,), _fields()))


def _document(cleaned: dict[str, Any]) -> dict[str, Any]:
    """Raises ValueError for weights that can't be read."""
    standard = default_limits()
    costs = {
        operation.value: cleaned[cost_field(operation)]
        for operation in Operation
        if cleaned[cost_field(operation)] != standard.costs[operation]
    }
    limits: dict[str, dict[str, dict[str, int]]] = {}
    for layer in LAYERS:
        for kind in Kind:
            wanted = tuple(cleaned[name] for name in rate_fields(layer, kind))
            usual = standard.rates[layer, kind]
            if wanted != (usual.per_minute, usual.burst):
                limits.setdefault(layer.value, {})[kind.value] = {"per_minute": wanted[0], "burst": wanted[1]}
    return {"costs": costs, "limits": limits, "weights": _weights(cleaned["weights"])}


def _weights(text: str) -> dict[str, int]:
    weights: dict[str, int] = {}
    for line in text.split("\n"):
        words = line.split()
        if not words:
            continue
        if len(words) != 2 or not words[1].isdecimal():
            raise ValueError(gettext("“%(line)s” is not an app's id and a weight.") % {"line": line.strip()})
        weights[words[0]] = int(words[1])
    return weights


def _field_of(pointer: str) -> str | None:
    """The field that a place in the document comes from."""
    match pointer.strip("/").split("/"):
        case "costs", operation:
            return cost_field(Operation(operation))
        case "limits", layer, kind:
            return rate_fields(Layer(layer), Kind(kind))[0]
        case "weights", *_:
            return "weights"
    return None
