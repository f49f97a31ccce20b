"""An engine that doubts whatever it is asked about, and people of a workspace."""

import uuid

from accounts.models import User
from kernel.errors import FILE_DOUBTFUL, FILE_HAS_PERSONAL_DATA, ProblemType
from kernel.identifiers import new_id
from scanning.engines.port import Clean, Held, Source, Verdict, Version
from tenancy.models import Membership, MicroApp
from tenancy.roles import Role
from tenancy.scoping import tenant_scope


class Doubter:
    """Sets every file aside for the problems that it is told."""

    def __init__(self, *problems: ProblemType, name: str = "content_type") -> None:
        self.problems, self.name, self.check = list(problems), name, name

    def version(self) -> Version:
        return Version("doubter 1", "rules 1")

    def examine(self, source: Source) -> Verdict:
        for _ in source.chunks():
            pass
        return Held(self.problems[0], "2 card numbers") if self.problems else Clean()


CARDS, ODDITY = FILE_HAS_PERSONAL_DATA, FILE_DOUBTFUL


def person(app: MicroApp, role: Role) -> uuid.UUID:
    user = User.objects.create_user(f"p-{new_id().hex}@acme.example")
    with tenant_scope(app.tenant_id):
        Membership.objects.create(tenant_id=app.tenant_id, workspace=app.workspace, user=user, role=role)
    return user.pk
