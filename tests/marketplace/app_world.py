"""One organisation's people in every role, an app of theirs, and somebody who belongs elsewhere."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from audit.actions import AuditAction
from audit.models import AuditEvent
from audit.record import record
from kernel.identifiers import new_id
from marketplace.models import Installation, TemplateVersion
from tenancy.models import Membership, MicroApp
from tenancy.principals import user_principal
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import Person, new_person

READING = [Role.OWNER, Role.BUILDER, Role.AUDITOR]
BUILDING = [Role.OWNER, Role.BUILDER]


class Office:
    """The app of a workspace with one person in each role, each with a browser that is signed in."""

    def __init__(self, template: str = "team-photo-share", **wishes: Any) -> None:
        self.person = new_person(template, **wishes)
        self.app = self.person.app
        self.people = {Role.OWNER: self.person.user}
        for role in (Role.BUILDER, Role.MEMBER, Role.AUDITOR):
            self.people[role] = self.join(role)

    def join(self, role: Role) -> User:
        """Somebody new, in this role."""
        user = User.objects.create_user(f"{new_id().hex}@acme.example", name=f"{role.value.title()} Person")
        with self.scope():
            Membership.objects.create(
                tenant_id=self.app.tenant_id, workspace_id=self.app.workspace_id, user=user, role=role
            )
        return user

    def scope(self) -> Any:
        return tenant_scope(self.app.tenant_id)

    def within(self, do: Callable[[], Any]) -> Any:
        with self.scope():
            return do()

    def browser(self, role: Role) -> Client:
        return browser_of(self.people[role])

    def address(self, page: str = "") -> str:
        return f"/apps/{self.app.slug}/{page}"

    def get(self, page: str = "", role: Role = Role.OWNER, **query: str) -> HttpResponse:
        return self.browser(role).get(self.address(page), query)

    def post(self, page: str, content: dict[str, Any] | None = None, role: Role = Role.OWNER) -> HttpResponse:
        return self.browser(role).post(self.address(page), content or {})

    def happened(self, action: AuditAction, actor: str | None = None, **detail: Any) -> None:
        """One event on the app's record."""
        with self.scope():
            who = actor or str(user_principal(self.person.user.pk))
            record(action, actor=who, app_id=self.app.id, subject=f"app:{self.app.id}", **detail)

    def events(self, action: AuditAction) -> list[AuditEvent]:
        with self.scope():
            return list(AuditEvent.objects.filter(action=action, app_id=self.app.id).order_by("id"))

    def fresh(self) -> MicroApp:
        with self.scope():
            app: MicroApp = MicroApp.objects.select_related("workspace").get(pk=self.app.pk)
            return app

    def installation(self) -> Installation:
        with self.scope():
            found: Installation = Installation.objects.select_related("version__template").get(app=self.app)
            return found

    @cached_property
    def version(self) -> TemplateVersion:
        return self.installation().version

    @cached_property
    def stranger(self) -> Person:
        return new_person()


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(answer: HttpResponse) -> str:
    """What the page says, with its line breaks taken out."""
    return " ".join(answer.content.decode().split())
