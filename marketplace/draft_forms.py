"""The forms of authors: a template from an app, from answers, or written in YAML, and its own rules."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.errors import FieldError
from kernel.language import number
from kernel.regions import REGIONS
from kernel.sizes import GB, MB
from marketplace.differences import AUDIENCES
from marketplace.draft_terms import LONGEST_DAYS, Row, add_rows, answers_of_terms, check_rows, field_at, rows_of
from marketplace.engines import ENGINE_WORDS
from policy.actions import Action
from policy.document import MAX_DOCUMENT_BYTES
from policy.media_types import EXTENSIONS
from tenancy.models import MicroApp

MAX_SIZE_MB, MAX_SPACE_GB = 5_000, 10_000
_LABELS = (("public", _("Anybody may read them")), ("internal", _("For the organisation")),
           ("confidential", _("Confidential")), ("regulated", _("Regulated by law")))  # fmt: skip
_KEYS = (("unavailable", _("No")), ("optional", _("If the workspace has one")), ("required", _("Always")))


def _said(words: Mapping[str, str]) -> list[tuple[str, str | Promise]]:
    """A vocabulary as choices, in the reader's language."""
    return [(name, _(word)) for name, word in words.items()]


def _type_words(content_type: str) -> str:
    return " ".join(ending.lstrip(".").upper() for ending in EXTENSIONS[content_type][:1])


class FromAppForm(forms.Form):
    """Which app, and what its template is called."""

    app = forms.ModelChoiceField(queryset=MicroApp.objects.none(), label=_("Which app?"), empty_label=None)
    name = forms.CharField(max_length=80, label=_("What is the template called?"))

    def __init__(self, data: Any, *, apps: Any) -> None:
        super().__init__(data)
        field = self.fields["app"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = apps


class DraftForm(forms.Form):
    """The questions of a template, in the order of its Safety facts."""

    name = forms.CharField(max_length=80, label=_("What is it called?"))
    summary = forms.CharField(max_length=300, label=_("What is it for, in a sentence?"))
    version = forms.RegexField(
        r"^(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})$", label=_("Version"),
        error_messages={"invalid": _("A version is three numbers with dots, for example 1.0.0.")},
    )  # fmt: skip
    audience = forms.ChoiceField(
        choices=[(name, _(words)) for name, words in AUDIENCES.items()],
        widget=forms.RadioSelect,
        label=_("Who uploads?"),
    )
    required = forms.MultipleChoiceField(
        choices=[(one, _(one.words.capitalize())) for one in Action], widget=forms.CheckboxSelectMultiple,
        label=_("What may every app of it do?"),
    )  # fmt: skip
    optional = forms.MultipleChoiceField(
        choices=[(one, _(one.words.capitalize())) for one in Action], widget=forms.CheckboxSelectMultiple,
        label=_("And what, if its maker allows it?"), required=False,
    )  # fmt: skip
    types = forms.MultipleChoiceField(
        choices=[(name, _type_words(name)) for name in EXTENSIONS], widget=forms.CheckboxSelectMultiple,
        label=_("Which files does it take?"),
    )  # fmt: skip
    type_words = forms.CharField(max_length=160, label=_("In words: the selected file must be …"))
    max_mb = forms.IntegerField(min_value=1, max_value=MAX_SIZE_MB, label=_("Largest file, in MB"))
    space_gb = forms.IntegerField(min_value=1, max_value=MAX_SPACE_GB, label=_("Space of one app, in GB"))
    regions = forms.MultipleChoiceField(
        choices=[(code, _(region.place)) for code, region in REGIONS.items()], widget=forms.CheckboxSelectMultiple,
        label=_("Where may files be kept?"),
    )  # fmt: skip
    kept_days = forms.IntegerField(
        min_value=1, max_value=LONGEST_DAYS, required=False,
        label=_("Files are deleted after how many days? Empty: never"),
    )  # fmt: skip
    least_days = forms.IntegerField(
        min_value=1, max_value=LONGEST_DAYS, required=False,
        label=_("How many days must each file stay, whoever wants it gone? Empty: none"),
    )  # fmt: skip
    archive_days = forms.IntegerField(
        min_value=1, max_value=LONGEST_DAYS, required=False,
        label=_("Files go to the archive after how many days? Empty: never"),
    )  # fmt: skip
    label = forms.ChoiceField(choices=_LABELS, widget=forms.RadioSelect, label=_("How protected are the files?"))
    engines = forms.MultipleChoiceField(
        choices=_said(ENGINE_WORDS),
        widget=forms.CheckboxSelectMultiple,
        label=_("How is each file checked?"),
    )
    customer_key = forms.ChoiceField(
        choices=_KEYS, widget=forms.RadioSelect, label=_("Are they encrypted with the workspace's own key?")
    )
    captcha = forms.BooleanField(required=False, label=_("Robots are kept out by a short sum that the browser does"))

    def __init__(self, data: Any, *, content: Mapping[str, Any]) -> None:
        super().__init__(data, initial=answers_of(content))
        self._plain = list(self.fields)
        add_rows(self, content, data)

    @property
    def questions(self) -> list[forms.BoundField]:
        """Those that are asked once."""
        return [self[name] for name in self._plain]

    @property
    def rows(self) -> list[Row]:
        """Those that are asked for each label."""
        return rows_of(self)

    def clean(self) -> dict[str, Any]:
        """Raises nothing: what is missing is said beside its question."""
        answers = super().clean() or self.cleaned_data
        check_rows(self)
        return answers


class YamlForm(forms.Form):
    """The whole document as text. Sizes in bytes of UTF-8, as the reader counts them."""

    text = forms.CharField(
        label=_("The document"), strip=False, widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false"})
    )

    def clean_text(self) -> bytes:
        """The text as it is read: with line ends as every system but a browser writes them."""
        text: bytes = self.cleaned_data["text"].replace("\r\n", "\n").encode()
        if len(text) > MAX_DOCUMENT_BYTES:
            raise forms.ValidationError(
                _("This document has more than %(most)s bytes."), params={"most": number(MAX_DOCUMENT_BYTES)}
            )
        return text


class RulesForm(forms.Form):
    """A template's own rules in Rego; empty for none."""

    rego = forms.CharField(
        label=_("Rules in Rego"), required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false"}),
    )  # fmt: skip

    def clean_rego(self) -> str | None:
        """The module, or None."""
        text = str(self.cleaned_data["rego"]).replace("\r\n", "\n")
        return text if text.strip() else None


class BundleForm(forms.Form):
    """An OPA bundle from this device."""

    bundle = forms.FileField(
        label=_("OPA bundle (.tar.gz)"),
        allow_empty_file=True,
        error_messages={"required": _("Choose a bundle of at most 1,000,000 bytes.")},
    )


class TryForm(forms.Form):
    """A file that somebody thinks up, to see what would become of it."""

    file = forms.CharField(max_length=255, label=_("A file called"), required=False)
    mb = forms.DecimalField(min_value=0, max_value=100_000, label=_("of how many MB"), required=False)


def add_document_errors(form: forms.Form, errors: Iterable[FieldError]) -> None:
    """Say each error beside its question, or above all where no question is about it."""
    for error, field in [(error, _question(form, error.pointer)) for error in errors]:
        where = "" if field in form.fields or not error.pointer else f"{error.pointer}: "
        form.add_error(field if field in form.fields else None, f"{where}{error.detail}")


def _question(form: forms.Form, pointer: str) -> str | None:
    """The name of the question that a place of the document comes from; asked before any error takes an answer away."""
    asked = field_at(form, pointer) if pointer.startswith("/lifecycle/labels") else None
    return asked or next((name for start, name in _ASKED.items() if pointer.startswith(start)), None)


_ASKED = {
    "/name": "name", "/summary": "summary", "/version": "version", "/audience": "audience",
    "/permissions/required": "required", "/permissions/optional": "optional", "/uploads/types": "types",
    "/uploads/type_words": "type_words", "/uploads/max_bytes": "max_mb", "/quota/app_bytes": "space_gb",
    "/regions": "regions", "/lifecycle/delete_after_days": "kept_days", "/retention/minimum_days": "least_days",
    "/lifecycle/archive_after_days": "archive_days", "/classification/default": "label",
    "/scanning/engines": "engines", "/encryption/customer_key": "customer_key", "/captcha": "captcha",
    "/rego": "rego",
}  # fmt: skip


def answers_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that a document's content stands for."""
    return {
        "name": content["name"], "summary": content["summary"], "version": content["version"],
        "audience": content["audience"], "required": content["permissions"]["required"],
        "optional": content["permissions"]["optional"], "types": content["uploads"]["types"],
        "type_words": content["uploads"]["type_words"], "max_mb": max(content["uploads"]["max_bytes"] // MB, 1),
        "space_gb": max(content["quota"]["app_bytes"] // GB, 1), "regions": content["regions"],
        "kept_days": content["lifecycle"]["delete_after_days"] or "",
        "least_days": content["retention"]["minimum_days"] or "",
        "archive_days": content["lifecycle"]["archive_after_days"] or "",
        "label": content["classification"]["default"],
        "engines": content["scanning"]["engines"], "customer_key": content["encryption"]["customer_key"],
        "captcha": content.get("captcha") is not None, **answers_of_terms(content),
    }  # fmt: skip
