"""Who acts: a person, an app or the platform itself, as a value that outlives the row it came from."""

import enum
import uuid
from dataclasses import dataclass


class PrincipalKind(enum.StrEnum):
    """What sort of actor this is."""

    USER = "user"
    APP = "app"
    EXTERNAL = "external"
    VISITOR = "visitor"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Principal:
    """One actor; its text form is what audit events keep."""

    kind: PrincipalKind
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


def user_principal(user_id: uuid.UUID) -> Principal:
    """The principal of a signed-in person. An id and not an address, so that logs hold no personal data."""
    return Principal(PrincipalKind.USER, str(user_id))


def system_principal(room: str) -> Principal:
    """The principal of the platform's own jobs, by the room that acts."""
    return Principal(PrincipalKind.SYSTEM, room)


def app_principal(publishable_id: str) -> Principal:
    """The principal of a server app that acts for itself."""
    return Principal(PrincipalKind.APP, publishable_id)


def external_principal(issuer_id: uuid.UUID, name: str) -> Principal:
    """The principal of a person whom a trusted issuer vouches for, under the issuer's id."""
    return Principal(PrincipalKind.EXTERNAL, f"{issuer_id}:{name}")


def visitor_principal(visit_id: uuid.UUID) -> Principal:
    """The principal of somebody who hasn't signed in, for as long as one token lives."""
    return Principal(PrincipalKind.VISITOR, str(visit_id))
