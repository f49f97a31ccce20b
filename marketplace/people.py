"""The names of those who act, for people who look after an app: colleagues by name, the rest by what they are."""

import uuid
from collections.abc import Iterable, Mapping

from kernel.identifiers import parse_id
from kernel.language import said
from tenancy.models import Membership
from tenancy.principals import PrincipalKind

KINDS = {
    PrincipalKind.USER: "A person",
    PrincipalKind.APP: "A server of this app",
    PrincipalKind.EXTERNAL: "A person of another sign-in service",
    PrincipalKind.VISITOR: "A visitor",
    PrincipalKind.SYSTEM: "Gatehouse",
}


def names_of(actors: Iterable[str], viewer: uuid.UUID) -> Mapping[str, str]:
    """Each actor's name; a person's only where they belong to the tenant whose scope is entered."""
    wanted = set(actors)
    people = {identifier for actor in wanted if (identifier := _person(actor)) is not None}
    members = Membership.objects.filter(user_id__in=people).select_related("user")
    known = {member.user_id: str(member.user) for member in members} | {viewer: said("You")}
    return {actor: known.get(_person(actor) or uuid.UUID(int=0), _kind(actor)) for actor in wanted}


def _person(actor: str) -> uuid.UUID | None:
    kind, _, name = actor.partition(":")
    return parse_id(name) if kind == PrincipalKind.USER else None


def _kind(actor: str) -> str:
    kind = actor.partition(":")[0]
    return said(KINDS[PrincipalKind(kind)]) if kind in set(PrincipalKind) else kind.capitalize()
