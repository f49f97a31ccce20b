"""The form of a new app, prefilled so that nothing must be typed."""

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.identifiers import new_id
from kernel.language import said
from kernel.paths import UnusablePathError, clean_name
from kernel.regions import place_of
from marketplace.installing import Choices
from policy.actions import Action
from policy.document import Document
from storage.models import MAX_KEY_NAME
from tenancy.models import MicroApp, Workspace

_NOT_OFFERED = _("This template doesn't offer %(value)s. Pick from the list.")


class CustomerKeyForm(forms.Form):
    """The name of a key in a customer's key service, as storage is to ask for it."""

    name = forms.RegexField(
        r"\A[A-Za-z0-9][A-Za-z0-9:/_+=.@-]*\Z",
        max_length=MAX_KEY_NAME,
        label=_("The key's id"),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
        error_messages={"invalid": _("A key's id has letters, digits and the signs : / _ + = . @ - only.")},
    )


class NewAppForm(forms.Form):
    """A name, a region, boxes that nobody ticked yet, and the template's own choices as it has them."""

    name = forms.CharField(
        max_length=80, label=_("What is it called?"), error_messages={"required": _("Give the app a name.")}
    )
    region = forms.ChoiceField(
        widget=forms.RadioSelect, label=_("Where are its files kept?"), error_messages={"invalid_choice": _NOT_OFFERED}
    )
    extra_permissions = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label=_("May it also …"),
        error_messages={"invalid_choice": _NOT_OFFERED},
    )
    options = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label=_("What should it do?"),
        error_messages={"invalid_choice": _NOT_OFFERED},
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Any, *, document: Document, workspace: Workspace, before: Mapping[str, Any] | None = None
    ) -> None:
        region = workspace.region if workspace.region in document.regions else document.regions[0]
        usual = {"name": said(document.name), "region": region, "extra_permissions": [], **(before or {})}
        if usual.get("options") is None:
            usual["options"] = [option.name for option in document.options if option.default]
        name = _free_name(usual["name"], workspace)
        super().__init__(data, initial={**usual, "name": name, "key": new_id()})
        self._set_choices("region", [(code, said(place_of(code))) for code in document.regions])
        optional = document.permissions.optional
        self._set_choices("extra_permissions", [(action.value, said(action.words)) for action in optional])
        self._set_choices("options", [(option.name, said(option.label)) for option in document.options])
        for name, offered in (("extra_permissions", optional), ("options", document.options)):
            if not offered:
                del self.fields[name]

    def clean_name(self) -> str:
        """The name, or why it can't be one."""
        try:
            return clean_name(self.cleaned_data["name"])
        except UnusablePathError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_key(self) -> uuid.UUID:
        """What tells this form from another; one that came without gets its own."""
        key: uuid.UUID | None = self.cleaned_data["key"]
        return key or new_id()

    def choices(self) -> Choices:
        """What was decided."""
        extra = self.cleaned_data.get("extra_permissions", [])
        return Choices(
            name=self.cleaned_data["name"],
            region=self.cleaned_data["region"],
            extra_permissions=frozenset(Action(name) for name in extra),
            options=frozenset(self.cleaned_data.get("options", [])),
        )

    def _set_choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices


def _free_name(name: str, workspace: Workspace) -> str:
    taken = set(MicroApp.objects.filter(workspace=workspace, name__startswith=name).values_list("name", flat=True))
    candidates = [name, *(f"{name} {number}" for number in range(2, len(taken) + 3))]
    return next(candidate for candidate in candidates if candidate not in taken)
