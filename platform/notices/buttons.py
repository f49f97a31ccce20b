"""The buttons of a notice for one reader. One whose page isn't part of this installation is left out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve

from kernel.errors import Remedy
from kernel.language import said
from notices.kinds import ANYBODY, BUILDER, OWNER, placeholders
from notices.models import Notice
from tenancy.roles import Role

_HANDS = {Role.OWNER: OWNER, Role.BUILDER: BUILDER}


@dataclass(frozen=True, slots=True)
class Button:
    """What it says and where it leads, from the site's root."""

    label: str
    href: str

    @property
    def url(self) -> str:
        """The whole address, for letters and webhooks."""
        return settings.SITE_URL + self.href


Helps = Callable[[Notice], bool]
_helps_where: dict[str, Helps] = {}


def offer_only_where(action: str, helps: Helps) -> None:
    """Leave this remedy out of notices of which the room that knows says that it wouldn't help there."""
    _helps_where[action] = helps


def buttons_for(notice: Notice, role: Role) -> list[Button]:
    """The buttons that somebody in this role can press, the most helpful first."""
    pressed_by = {ANYBODY, _HANDS.get(role)}
    offered = [one for one in notice.type.remedies if one.who in pressed_by and _helps(one, notice)]
    told = [notice.href] if notice.href else []
    addresses = [*told, *(_href(remedy, notice.facts) for remedy in offered[len(told) :])]
    pairs = zip(offered, addresses, strict=False)
    return [Button(said(remedy.label), href) for remedy, href in pairs if href and _has_page(href)]


def _helps(remedy: Remedy, notice: Notice) -> bool:
    helps = _helps_where.get(remedy.action)
    return helps is None or helps(notice)


def _href(remedy: Remedy, facts: Mapping[str, str]) -> str:
    needed = placeholders(remedy.href)
    if any(not facts.get(name) for name in needed):
        return ""
    return remedy.href.format_map({name: quote(facts[name], safe="") for name in needed})


def _has_page(href: str) -> bool:
    try:
        resolve(urlsplit(href).path)
    except Resolver404:
        return False
    return True
