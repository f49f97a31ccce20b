"""The forms of the broker's pages."""

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from broker.issuer_keys import KeySetError, fetch_key_set, read_key_set
from kernel.language import retold
from kernel.outbound import OutboundError
from tenancy.roles import Role

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MAX_ADDRESSES = 20
_ADDRESS = _("Enter an address that begins with https://.")


class AddressesForm(forms.Form):
    """Where people are sent back to after they let a program use the app: exact addresses, one a line."""

    redirect_uris = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        label=_("Addresses to come back to"),
    )

    def clean_redirect_uris(self) -> str:
        """The addresses, separated by spaces as the library keeps them."""
        addresses = str(self.cleaned_data["redirect_uris"]).split()
        if len(addresses) > MAX_ADDRESSES:
            raise _too_many(_("An app has at most %(most)s addresses; these are %(count)s."), addresses)
        for address in addresses:
            _require_exact(address)
        return " ".join(dict.fromkeys(addresses))


class OriginsForm(forms.Form):
    """The websites whose pages may use the app."""

    origins = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}), label=_("Websites")
    )

    def clean_origins(self) -> list[str]:
        """Each as a browser names it: scheme, host and port."""
        given = str(self.cleaned_data["origins"]).split()
        if len(given) > MAX_ADDRESSES:
            raise _too_many(_("An app has at most %(most)s websites; these are %(count)s."), given)
        for origin in given:
            _require_exact(origin)
            if urlsplit(origin).path not in {"", "/"} or urlsplit(origin).query:
                words = _("%(address)s must be a website's address without a path.")
                raise forms.ValidationError(words, params={"address": origin})
        return list(dict.fromkeys(_origin_of(origin) for origin in given))


class RevocationForm(forms.Form):
    """What to stop, and why."""

    what = forms.ChoiceField(choices=[("token", ""), ("family", ""), ("app", ""), ("user", "")])
    subject = forms.CharField(max_length=160)
    reason = forms.CharField(max_length=200, required=False)


class IssuerForm(forms.Form):
    """Another sign-in service that the workspace trusts."""

    issuer = forms.URLField(
        max_length=300,
        assume_scheme="https",
        label=_("Issuer"),
        error_messages={"required": _("Enter the service's name as its tokens carry it."), "invalid": _ADDRESS},
    )
    audience = forms.CharField(
        max_length=300,
        label=_("Audience that its tokens carry for us"),
        error_messages={"required": _("Enter the name that its tokens carry for us.")},
    )
    keys_url = forms.URLField(
        max_length=500, assume_scheme="https", required=False, label=_("Address of its keys (JWKS)")
    )
    keys = forms.CharField(
        required=False,
        max_length=64_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        label=_("Or its keys, pasted"),
    )
    role = forms.ChoiceField(
        widget=forms.RadioSelect,
        choices=[
            (Role.MEMBER.value, _("Members: they add files")),
            (Role.BUILDER.value, _("Builders: they also look after them")),
        ],
        label=_("What its people are here"),
        initial=Role.MEMBER.value,
    )
    asks_consent = forms.BooleanField(required=False, label=_("It asks its people for consent to share files itself"))

    def clean_keys(self) -> Any:
        """The pasted key set, read."""
        text = self.cleaned_data["keys"]
        if not text:
            return None
        try:
            content = json.loads(text)
            read_key_set(content)
        except (json.JSONDecodeError, RecursionError) as error:
            raise forms.ValidationError(_("This isn't JSON. A set of public keys (RFC 7517) is.")) from error
        except KeySetError as error:
            words = _("This isn't a set of public keys. %(why)s")
            raise forms.ValidationError(words, params={"why": str(error)}) from error
        except ValueError as error:
            raise forms.ValidationError(_("This isn't a set of public keys (RFC 7517).")) from error
        return content

    def clean(self) -> dict[str, Any]:
        """Exactly one source of keys, and one that works now."""
        cleaned = super().clean() or {}
        address, pasted = cleaned.get("keys_url"), cleaned.get("keys")
        if bool(address) == (pasted is not None) and not self.errors:
            raise forms.ValidationError(_("Give the address of its keys, or paste them: one of the two."))
        if address and not self.errors:
            self._require_keys_at(str(address))
        return cleaned

    def _require_keys_at(self, address: str) -> None:
        try:
            fetch_key_set(address)
        except OutboundError as error:
            self.add_error("keys_url", retold(str(error)))


class StopForm(forms.Form):
    """End access beyond one workspace."""

    level = forms.ChoiceField(
        widget=forms.RadioSelect,
        label=_("What to end"),
        choices=[
            ("template", _("Access to every app from one template")),
            ("tenant", _("Access to every app of one organisation")),
            ("everything", _("All access to everything")),
        ],
        initial="template",
    )
    subject = forms.CharField(max_length=160, required=False, label=_("Which one"))
    reason = forms.CharField(
        max_length=200, label=_("Why"), error_messages={"required": _("Say why: it stands in the record.")}
    )


class TokenLifeForm(forms.Form):
    """The emergency cut of every token's life."""

    seconds = forms.IntegerField(
        min_value=30, max_value=3600, label=_("Longest life of any token, in seconds"), initial=300
    )
    hours = forms.IntegerField(min_value=1, max_value=24 * 30, label=_("For how many hours"), initial=24)
    reason = forms.CharField(
        max_length=200, label=_("Why"), error_messages={"required": _("Say why: it stands in the record.")}
    )


def _origin_of(address: str) -> str:
    parts = urlsplit(address.lower())
    return f"{parts.scheme}://{parts.netloc}"


def _require_exact(address: str) -> None:
    """One address as RFC 9700 §4.1.3 wants it: absolute, exact, encrypted. Raises ValidationError."""
    parts = urlsplit(address)
    is_local = settings.DEVELOPMENT and parts.hostname in {"127.0.0.1", "localhost"}
    if parts.scheme != "https" and not (is_local and parts.scheme == "http"):
        raise forms.ValidationError(_("%(address)s must begin with https://."), params={"address": address})
    if not parts.hostname or "*" in address or parts.fragment or parts.username is not None:
        words = _("%(address)s must be one exact address, without * or #.")
        raise forms.ValidationError(words, params={"address": address})


def _too_many(words: "_StrPromise", given: list[str]) -> forms.ValidationError:
    return forms.ValidationError(words, params={"most": MAX_ADDRESSES, "count": len(given)})
