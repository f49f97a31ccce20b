"""The inbox: what happened, newest first, with the buttons that one can press."""

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel import clock
from notices.forgetting import KEPT_FOR
from notices.inbox import PAGE
from notices.kinds import Channel, Kind
from notices.models import Notice
from notices.tasks import forget_old
from tenancy.models import Membership
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.notices.world import Office, signed_in


def page(office: Office, user: Any, address: str = "/notices/") -> str:
    answer = signed_in(user).get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_it_is_empty_in_words(office: Office) -> None:
    assert "Nothing to tell" in page(office, office.owner)


def test_it_shows_what_happened_with_its_buttons(office: Office) -> None:
    office.tell(Kind.QUOTA_FULL, of="Photos", used="1 GB", limit="1 GB", quota=str(office.quota().pk))
    shown = page(office, office.owner)
    assert "Photos is full" in shown
    assert "Needs attention" in shown
    assert f'href="/admin/quotas/quota/{office.quota().pk}/change/">Give it more space</a>' in shown
    assert "Give it more space" not in page(office, office.builder)
    assert f'href="/apps/{office.app.slug}/">Open the app</a>' in page(office, office.builder)


def test_it_has_one_h1_and_at_most_one_primary_button(office: Office) -> None:
    office.tell()
    shown = page(office, office.owner)
    assert len(re.findall(r"<h1[ >]", shown)) == 1
    assert len(re.findall(r'class="button primary"', shown)) == 1
    assert "style=" not in shown


def test_the_header_counts_what_is_unread(office: Office) -> None:
    office.tell()
    office.tell()
    client = signed_in(office.builder)
    assert 'Notices (2<span class="visually-hidden"> unread</span>)' in client.get("/notices/").content.decode()
    client.post("/notices/read/")
    assert "unread</span>" not in client.get("/notices/").content.decode()


def test_one_is_marked_as_read_and_the_others_stay(office: Office) -> None:
    office.tell(file="first.jpg")
    office.tell(file="second.jpg")
    first, second = office.deliveries(channel=Channel.IN_APP, user=office.builder)
    answer = signed_in(office.builder).post(f"/notices/{first.pk}/read/")
    assert answer.headers["Location"] == "/notices/"
    read = {each.pk: each.read_at for each in office.deliveries(channel=Channel.IN_APP, user=office.builder)}
    assert read[first.pk] is not None
    assert read[second.pk] is None
    assert all(each.read_at is None for each in office.deliveries(channel=Channel.IN_APP, user=office.owner))


def test_looking_changes_nothing(office: Office) -> None:
    office.tell()
    client = signed_in(office.owner)
    (mine,) = office.deliveries(channel=Channel.IN_APP, user=office.owner)
    assert client.get("/notices/read/").status_code == 405
    assert client.get(f"/notices/{mine.pk}/read/").status_code == 405
    assert office.deliveries(pk=mine.pk)[0].read_at is None


def test_a_colleagues_row_is_not_there(office: Office) -> None:
    office.tell()
    (theirs,) = office.deliveries(channel=Channel.IN_APP, user=office.owner)
    assert signed_in(office.builder).post(f"/notices/{theirs.pk}/read/").status_code == 404


@pytest.mark.parametrize("role", [Role.MEMBER, Role.AUDITOR])
def test_who_is_no_longer_a_builder_sees_nothing_of_the_workspace(office: Office, role: Role) -> None:
    office.tell()
    office.dismiss(office.builder)
    with tenant_scope(office.tenant_id):
        Membership.objects.create(
            tenant_id=office.tenant_id, workspace=office.workspace, user=office.builder, role=role
        )
    shown = page(office, office.builder)
    assert "cat.jpg" not in shown
    assert "unread</span>" not in shown


def test_older_ones_are_a_page_further(office: Office) -> None:
    for number in range(PAGE + 2):
        office.tell(file=f"cat-{number:02}.jpg")
    shown = page(office, office.owner)
    assert f"cat-{PAGE + 1:02}.jpg" in shown
    assert "cat-01.jpg" not in shown
    older = re.search(r'href="(\?before=[^"]+)"', shown)
    assert older is not None
    assert "cat-01.jpg" in page(office, office.owner, f"/notices/{older[1]}")


def test_a_page_costs_as_many_queries_with_thirty_as_with_one(office: Office) -> None:
    office.tell()
    one = queries(office)
    for _ in range(30):
        office.tell()
    assert queries(office) == one


def test_the_count_in_the_header_is_one_query(office: Office) -> None:
    office.tell()
    client = signed_in(office.builder)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        client.get("/notices/settings/")
    assert len([each for each in captured if "notices_delivery" in each["sql"]]) == 1


def queries(office: Office) -> int:
    client = signed_in(office.owner)
    with CaptureQueriesContext(connection) as captured:
        client.get("/notices/")
    return len(captured)


def test_a_nonsensical_place_to_go_on_from_is_the_beginning(office: Office) -> None:
    office.tell()
    assert "cat.jpg" in page(office, office.owner, "/notices/?before=nonsense")


@pytest.mark.usefixtures("alone")
def test_what_is_half_a_year_old_is_forgotten(office: Office) -> None:
    office.prefer(office.owner, email="off")
    office.prefer(office.builder, email="off")
    old, new = office.tell(), office.tell()
    assert old is not None
    assert new is not None
    with tenant_scope(office.tenant_id):
        Notice.objects.filter(pk=old.pk).update(at=clock.now() - KEPT_FOR - dt.timedelta(days=1))
    forget_old()
    with tenant_scope(office.tenant_id):
        assert list(Notice.objects.values_list("pk", flat=True)) == [new.pk]
