"""Every address of the admin, for every role, for an outsider and for nobody: allowed, or not there."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import User
from admission.models import Level, Revocation
from audit.actions import AuditAction
from audit.models import AuditEvent
from kernel.identifiers import new_id
from kernel.sizes import GB
from marketplace import requests
from marketplace.models import AppRequest, Installation, VersionChange
from marketplace.requests import Wish
from quotas.models import Quota
from storage.models import Keeping
from tenancy.models import Membership, MicroApp
from tenancy.roles import Role
from tests.gateway.conftest import bucket
from tests.marketplace.app_world import Office, browser_of, text_of

__all__ = ["bucket"]

OWNED = {"quota", "microapp", "membership", "apprequest", "keeping", "installation", "versionchange",
         "webhookendpoint", "delivery"}  # fmt: skip
"""The models that a workspace's owner finds in the admin; every other one is the platform's."""

CHANGEABLE = {"quota", "membership", "keeping"}
OPEN_TO_OWNERS = {"index", "logout", "jsi18n", "password_change", "password_change_done"}


@pytest.fixture
def office(transactional_db: None, bucket: None) -> Office:
    return Office()


def patterns(resolver: URLResolver | None = None) -> list[URLPattern]:
    """Every address that the admin answers."""
    top = get_resolver().url_patterns
    resolver = resolver or next(each for each in top if getattr(each, "namespace", "") == "admin")
    found: list[URLPattern] = []
    for each in resolver.url_patterns:
        found += patterns(each) if isinstance(each, URLResolver) else [each]
    return found


def things(office: Office) -> dict[str, Model]:
    """One of the office's own of each model that owners look after."""
    office.within(lambda: requests.ask(office.app, office.people[Role.BUILDER].pk, Wish(AppRequest.Kind.SPACE, 9 * GB)))
    return office.within(  # type: ignore[no-any-return]
        lambda: {
            "quota": Quota.objects.get(app=office.app),
            "microapp": MicroApp.objects.get(pk=office.app.pk),
            "membership": Membership.objects.get(user=office.people[Role.MEMBER]),
            "apprequest": AppRequest.objects.get(),
            "keeping": Keeping.objects.get(),
            "installation": Installation.objects.get(),
            "versionchange": VersionChange.objects.create(
                tenant_id=office.app.tenant_id, app=office.app, before=office.version, after=office.version,
                kind="upgrade", made_by="user:x",
            ),
        }
    )  # fmt: skip


def addresses(office: Office) -> dict[str, tuple[str, str, str]]:
    """Each address with its model and what it does; objects are the office's own where it has one."""
    own, found = things(office), {}
    metas = {f"{model._meta.app_label}_{model._meta.model_name}": model._meta for model in admin.site._registry}
    for pattern in patterns():
        name = str(pattern.name)
        label, _, action = name.rpartition("_")
        meta = metas.get(label)
        model = str(meta.model_name) if meta else ""
        thing = own[model].pk if model in own else new_id()
        path = f"/admin/{meta.app_label}/{model}/{pattern.pattern}" if meta else f"/admin/{pattern.pattern}"
        path = re.sub(r"<path:object_id>|<id>|<int:[a-z_]+>|<path:url>", str(thing), path)
        if pattern.name is not None and "<" not in path and "(?P" not in path:
            found[path] = (model, action if model else name, name)
    return found


def is_open(model: str, action: str) -> bool:
    """The matrix for a workspace's owner."""
    if not model:
        return action in OPEN_TO_OWNERS
    return model in OWNED and action in {"changelist", "change", "history"}


def test_the_matrix_knows_every_model_that_owners_see() -> None:
    from tenancy.administration import OwnedAdmin  # noqa: PLC0415 - beside what it is about

    seen = {str(model._meta.model_name) for model, held in admin.site._registry.items() if isinstance(held, OwnedAdmin)}
    assert seen == OWNED


def test_every_address_is_open_or_not_there(office: Office) -> None:
    everything = addresses(office)
    assert len(everything) > 40
    owner, wrong = office.browser(Role.OWNER), []
    for path, (model, action, name) in everything.items():
        code = owner.get(path).status_code
        empty = model in {"webhookendpoint", "delivery"} and action in {"change", "history"}
        expected = {200, 302, 405} if is_open(model, action) and not empty else {404}
        if name not in {"login", "view_on_site"} and code not in expected:
            wrong.append((path, code))
    assert wrong == []


@pytest.mark.parametrize("role", [Role.BUILDER, Role.MEMBER, Role.AUDITOR])
def test_for_every_other_role_there_is_no_admin(office: Office, role: Role) -> None:
    browser = office.browser(role)
    assert [path for path in addresses(office) if browser.get(path).status_code != 404] == []


def test_an_outsider_s_owner_finds_nothing_of_the_office(office: Office) -> None:
    theirs = browser_of(office.stranger.user)
    for model, thing in things(office).items():
        label = thing._meta.app_label
        for view in ("change", "history", "delete"):
            there = theirs.get(f"/admin/{label}/{model}/{thing.pk}/{view}/")
            absent = theirs.get(f"/admin/{label}/{model}/{new_id()}/{view}/")
            assert there.status_code == absent.status_code == 404, (model, view)
        page = text_of(theirs.get(f"/admin/{label}/{model}/"))
        assert str(thing.pk) not in page
        assert str(office.app.pk) not in page


@pytest.mark.parametrize(
    "query", ["?workspace__id__exact={w}", "?app__id={a}", "?user__password__startswith=p", "?q={a}"]
)
def test_filters_never_reach_beyond_and_never_ask_about_what_is_not_shown(office: Office, query: str) -> None:
    theirs = browser_of(office.stranger.user)
    asked = query.format(w=office.app.workspace_id, a=office.app.pk)
    for path in ("/admin/tenancy/membership/", "/admin/tenancy/microapp/", "/admin/marketplace/apprequest/"):
        answer = theirs.get(f"{path}{asked}")
        assert answer.status_code in {200, 302, 400, 404}
        assert str(office.people[Role.MEMBER].email) not in text_of(answer)


def test_an_outsider_s_action_changes_nothing_of_the_office(office: Office) -> None:
    request = things(office)["apprequest"]
    for browser in (browser_of(office.stranger.user), office.browser(Role.BUILDER)):
        content = {"action": "approve", "_selected_action": [str(request.pk)]}
        browser.post("/admin/marketplace/apprequest/", content)
    assert office.within(lambda: AppRequest.objects.get(pk=request.pk)).state == "waiting"


def test_nobody_signs_in_at_the_admin_s_own_door(office: Office) -> None:
    for path in ("/admin/", "/admin/login/", "/admin/quotas/quota/"):
        answer = Client().get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith(("/accounts/login/", "/admin/login/"))
    assert Client().get("/admin/login/")["Location"].startswith("/accounts/login/")
    content = {"username": office.person.user.email, "password": "anything"}
    assert Client().post("/admin/login/", content).status_code in {302, 403}


def test_the_platform_s_people_find_no_tenant_s_things(office: Office) -> None:
    staff = User.objects.create_superuser(f"{new_id().hex}@platform.example", "a long password")
    browser = browser_of(staff)
    for model, thing in things(office).items():
        for path in ("", f"{thing.pk}/change/", f"{thing.pk}/history/"):
            assert browser.get(f"/admin/{thing._meta.app_label}/{model}/{path}").status_code == 404, (model, path)


def test_an_owner_approves_in_the_list_and_is_told_when_somebody_was_faster(office: Office) -> None:
    request = things(office)["apprequest"]
    content: dict[str, Any] = {"action": "approve", "_selected_action": [str(request.pk)]}
    first = office.browser(Role.OWNER).post("/admin/marketplace/apprequest/", content, follow=True)
    assert "More space for Photos: approved" in text_of(first)
    assert office.within(lambda: Quota.objects.get(app=office.app)).bytes_limit == 9 * GB
    content["action"] = "decline"
    second = browser_of(office.join(Role.OWNER)).post("/admin/marketplace/apprequest/", content, follow=True)
    assert "was faster: approved" in text_of(second)


def change_role(office: Office, user: User, role: Role) -> HttpResponse:
    membership = office.within(lambda: Membership.objects.get(user=user))
    return office.browser(Role.OWNER).post(f"/admin/tenancy/membership/{membership.pk}/change/", {"role": role.value})


def test_a_new_role_holds_at_once_ends_what_was_held_and_is_on_the_record(office: Office) -> None:
    builder = office.people[Role.BUILDER]
    assert change_role(office, builder, Role.AUDITOR).status_code == 302
    assert browser_of(builder).get(office.address("settings/")).status_code == 404
    assert Revocation.objects.filter(level=Level.USER, subject__contains=str(builder.pk)).count() == 1
    event = office.within(lambda: AuditEvent.objects.get(action=AuditAction.MEMBER_CHANGED))
    assert (event.detail["before"], event.detail["role"]) == ("builder", "auditor")


def test_a_workspace_keeps_an_owner(office: Office) -> None:
    refused = change_role(office, office.person.user, Role.MEMBER)
    assert refused.status_code == 200
    assert "A workspace needs an owner." in text_of(refused)
    office.join(Role.OWNER)
    assert change_role(office, office.person.user, Role.MEMBER).status_code == 302
