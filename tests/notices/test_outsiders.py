"""Somebody of another tenant, and colleagues without the right, meet what isn't there."""

import re

import pytest
from django.db import connection
from django.test import Client
from django_scopes import ScopeError

from kernel.identifiers import new_id
from notices.kinds import Channel
from notices.models import Delivery, Notice, NoticePreference, QuotaMark, WebhookEndpoint
from notices.quota_watch import watch_quotas
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.notices.world import Office, signed_in

TABLES = [
    "notices_notice", "notices_delivery", "notices_webhookendpoint", "notices_noticepreference", "notices_quotamark",
]  # fmt: skip


@pytest.fixture
def full(office: Office) -> Office:
    """An office with a row in every table."""
    office.listen("https://hooks.example.com/")
    office.prefer(office.owner, email="daily")
    office.fill(10**9)
    watch_quotas(office.tenant_id)
    office.tell()
    return office


def pages(office: Office) -> list[tuple[str, str]]:
    """Every address that names something of the office."""
    with tenant_scope(office.tenant_id):
        endpoint = WebhookEndpoint.objects.get()
    hook = f"/w/marketing/webhooks/{endpoint.pk}/"
    sent = office.deliveries(channel=Channel.WEBHOOK)[0]
    shown = office.deliveries(channel=Channel.IN_APP, user=office.owner)[0]
    steps = [("post", f"{hook}{step}/") for step in ("on", "off", "test", "again", "remove")]
    again = ("post", f"{hook}deliveries/{sent.pk}/again/")
    return [("get", hook), ("post", hook), *steps, again, ("post", f"/notices/{shown.pk}/read/")]


def test_the_outsider_meets_404_on_every_page(full: Office, stranger: Office) -> None:
    theirs = signed_in(stranger.owner)
    for method, address in pages(full):
        assert getattr(theirs, method)(address).status_code == 404, address


def test_what_is_not_yours_answers_as_what_is_not_there(full: Office, stranger: Office) -> None:
    theirs = signed_in(stranger.owner)
    with tenant_scope(full.tenant_id):
        endpoint = WebhookEndpoint.objects.get()
    answers = [theirs.get(f"/w/marketing/webhooks/{pk}/") for pk in (endpoint.pk, new_id())]
    assert {answer.status_code for answer in answers} == {404}
    first, second = (re.sub(r"R-[0-9A-F]{6}", "", answer.content.decode()) for answer in answers)
    assert first == second


def test_an_endpoint_of_one_workspace_is_not_under_anothers_name(full: Office) -> None:
    with tenant_scope(full.tenant_id):
        endpoint = WebhookEndpoint.objects.get()
    assert signed_in(full.owner).get(f"/w/other/webhooks/{endpoint.pk}/").status_code == 404


@pytest.mark.parametrize("role", [Role.BUILDER, Role.MEMBER, Role.AUDITOR])
def test_webhooks_are_owners_alone(full: Office, role: Role) -> None:
    theirs = signed_in(full.hire(role))
    assert theirs.get("/w/marketing/webhooks/").status_code == 404
    new = {"url": "https://x.example/", "kinds": ["file.held"]}
    assert theirs.post("/w/marketing/webhooks/", new).status_code == 404
    for method, address in pages(full):
        assert getattr(theirs, method)(address).status_code == 404, address


def test_who_is_not_signed_in_is_asked_to(full: Office) -> None:
    everything = [*pages(full), ("get", "/notices/"), ("get", "/notices/settings/"), ("get", "/w/marketing/webhooks/")]
    for method, address in everything:
        answer = getattr(Client(), method)(address)
        assert (answer.status_code, "/accounts/login/" in answer.get("Location", "")) == (302, True), address


def test_a_form_from_another_site_changes_nothing(full: Office) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(full.owner, backend="django.contrib.auth.backends.ModelBackend")
    for method, address in pages(full):
        if method == "post":
            assert client.post(address).status_code == 403, address


@pytest.mark.parametrize("model", ["webhookendpoint", "delivery"])
def test_the_administration_shows_an_owner_their_own_alone(full: Office, stranger: Office, model: str) -> None:
    address = f"/admin/notices/{model}/"
    assert signed_in(full.owner).get(address).context["cl"].result_count >= 1
    assert signed_in(stranger.owner).get(address).context["cl"].result_count == 0
    row = {"webhookendpoint": WebhookEndpoint, "delivery": Delivery}[model]
    with tenant_scope(full.tenant_id):
        there = row.objects.exclude(**({"channel": "in_app"} if model == "delivery" else {})).first()
    for view in ("change/", "history/", "delete/"):
        codes = {signed_in(stranger.owner).get(f"{address}{pk}/{view}").status_code for pk in (there.pk, new_id())}
        assert codes <= {403, 404}
        assert len(codes) == 1


def test_the_administration_sends_again_what_was_given_up(full: Office, stranger: Office) -> None:
    with tenant_scope(full.tenant_id):
        Delivery.objects.filter(channel=Channel.WEBHOOK).update(state="dead")
    keys = [str(each.pk) for each in full.deliveries(channel=Channel.WEBHOOK)]
    form = {"action": "send_again", "_selected_action": keys}
    signed_in(stranger.owner).post("/admin/notices/delivery/", form)
    assert {each.state for each in full.deliveries(channel=Channel.WEBHOOK)} == {"dead"}
    signed_in(full.owner).post("/admin/notices/delivery/", form)
    assert {each.state for each in full.deliveries(channel=Channel.WEBHOOK)} == {"waiting"}


def test_the_administration_does_not_show_what_people_read(full: Office) -> None:
    read = full.deliveries(channel=Channel.IN_APP, user=full.builder)[0]
    assert signed_in(full.owner).get(f"/admin/notices/delivery/{read.pk}/change/").status_code == 404


@pytest.mark.parametrize("table", TABLES)
def test_the_database_shows_nothing_without_a_tenant_and_nothing_to_another(
    full: Office, stranger: Office, table: str
) -> None:
    count = f"SELECT count(*) FROM {table}"
    with connection.cursor() as cursor:
        cursor.execute(count)
        assert cursor.fetchone() == (0,)
    with tenant_scope(stranger.tenant_id), connection.cursor() as cursor:
        cursor.execute(count)
        assert cursor.fetchone() == (0,)
    with tenant_scope(full.tenant_id), connection.cursor() as cursor:
        cursor.execute(count)
        assert cursor.fetchone()[0] > 0


@pytest.mark.parametrize("model", [Notice, Delivery, WebhookEndpoint, NoticePreference, QuotaMark])
def test_code_that_forgets_the_tenant_raises(transactional_db: None, model: type) -> None:
    with pytest.raises(ScopeError):
        model.objects.count()
