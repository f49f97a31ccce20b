"""Telling: who hears of what, once, together with what happened or not at all."""

import datetime as dt
import json

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from kernel import clock
from kernel.errors import FILE_ARCHIVE_UNSAFE, FILE_INFECTED, Problem
from kernel.identifiers import new_id
from notices import telling
from notices.channels.webhook import body_of
from notices.kinds import NOTICE_TYPES, Channel, Kind
from notices.models import Delivery, Notice
from notices.outbox import tell
from notices.tasks import tell as tell_task
from policy.sentences import Sentence
from tenancy.models import MicroApp
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.help.words import WORD, english_words
from tests.notices.world import Office


def told(office: Office, channel: Channel = Channel.IN_APP) -> set[str]:
    return {delivery.person.name for delivery in office.deliveries(channel=channel)}


def test_owners_and_the_apps_maker_are_told_in_the_app_and_by_e_mail(office: Office) -> None:
    office.tell()
    assert told(office) == told(office, Channel.EMAIL) == {"Olivia Owner", "Ben Builder"}


@pytest.mark.parametrize("role", [Role.BUILDER, Role.MEMBER, Role.AUDITOR])
def test_nobody_else_is_told(office: Office, role: Role) -> None:
    office.hire(role, name="Somebody Else")
    office.tell()
    assert "Somebody Else" not in told(office)


def test_who_may_not_sign_in_is_not_told(office: Office) -> None:
    office.hire(Role.OWNER, name="Gone Owner", is_active=False)
    office.tell()
    assert "Gone Owner" not in told(office)


def test_what_concerns_no_app_is_for_owners_alone(office: Office) -> None:
    office.tell(Kind.QUOTA_FULL, app=None)
    assert told(office) == {"Olivia Owner"}


def test_the_same_thing_told_twice_is_told_once(office: Office) -> None:
    first, second = office.tell(key="upload:1"), office.tell(key="upload:1")
    assert first is not None
    assert second is None
    assert len(office.deliveries(channel=Channel.IN_APP, user=office.owner)) == 1


def test_what_did_not_happen_is_not_told(office: Office) -> None:
    with transaction.atomic():
        office.tell()
        transaction.set_rollback(True)
    assert office.deliveries() == []


def test_a_notice_without_what_its_words_need_is_a_defect(office: Office) -> None:
    with tenant_scope(office.tenant_id), pytest.raises(ValueError, match="reason"):
        tell(Kind.FILE_HELD, workspace=office.workspace, app=office.app, key="1", facts={"file": "a"})


@pytest.mark.parametrize("href", ["https://evil.example", "//evil.example", "/\\evil.example", "/a\nb", "javascript:1"])
def test_a_button_leads_to_a_page_of_this_site_only(office: Office, href: str) -> None:
    with pytest.raises(ValueError, match="page of this site"):
        office.tell(href=href)


def test_rooms_above_tell_in_their_own_words(office: Office) -> None:
    app = office.app
    with tenant_scope(office.tenant_id):
        made = [
            telling.file_rejected(app, new_id(), name="cat.jpg", reason="It contains a virus."),
            telling.file_held(app, new_id(), name="cards.pdf", reason="It seems to hold card numbers."),
            telling.files_deleted_soon(app, clock.now().date(), count=1200),
            telling.access_compromised(app, "incident:1", at=clock.now(), reason="A key was found in a web page."),
        ]
    titles = [notice.title for notice in made if notice]
    assert titles[:2] == ["cat.jpg was refused", "cards.pdf waits for a person to check it"]
    assert titles[2].startswith("1,200 files in Photos will be deleted on ")
    assert titles[3] == "Access to Photos was stopped"


@pytest.mark.parametrize(
    ("count", "english", "german"),
    [(1, "1 file in", "1 Datei in"), (1200, "1,200 files in", "1.200 Dateien in")],
)
def test_what_goes_soon_is_read_in_the_readers_language(office: Office, count: int, english: str, german: str) -> None:
    with tenant_scope(office.tenant_id):
        notice = telling.files_deleted_soon(office.app, dt.date(2026, 12, 3), count=count)
    assert notice is not None
    assert notice.title == f"{english} Photos will be deleted on 3 December 2026"
    with override("de"):
        assert notice.title == f"{german} Photos: gelöscht am 3. Dezember 2026"


def test_why_a_file_was_refused_is_read_in_the_readers_language(office: Office) -> None:
    broken = Problem(FILE_ARCHIVE_UNSAFE, name="a.zip", why="it is broken")
    with tenant_scope(office.tenant_id):
        notice = telling.file_rejected(office.app, new_id(), name="a.zip", reason=broken)
    assert notice is not None
    assert "a.zip can't be unpacked safely: it is broken. It was not stored." in notice.words
    with override("de"):
        assert "a.zip lässt sich nicht sicher entpacken: es ist beschädigt." in notice.words
        assert "unpacked" not in notice.words


def test_no_notice_leaves_a_german_with_english(office: Office) -> None:
    app, now = office.app, dt.datetime(2027, 3, 3, 10, 42, tzinfo=dt.UTC)
    asked = {"about": "More space", "decision": "approved", "reason": Sentence("No reason was given.").kept()}
    wish = Sentence("{wanted} instead of {before}", {"wanted": "5 GB", "before": Sentence("for ever").kept()})
    with tenant_scope(office.tenant_id):
        made = [
            telling.files_deleted_soon(app, now.date(), count=1200),
            telling.access_compromised(
                app, "1", at=now, reason=Sentence("The reason given: {reason}.", {"reason": "Verlust"})
            ),
            telling.file_held(app, new_id(), name="a.zip", reason=Problem(FILE_INFECTED, name="a.zip")),
            office.tell(Kind.REQUEST_MADE, wish=wish.kept(), **asked),
            office.tell(Kind.REQUEST_DECIDED, wish=wish.kept(), **asked),
            office.tell(Kind.WEBHOOK_FAILING, host="a.de", endpoint="1", reason="The address answered: 503."),
        ]
    with override("de"):
        words = [f"{notice.title} {notice.words}" for notice in made if notice]
    assert len(words) == len(made)
    assert "1.200 Dateien in Photos: gelöscht am 3. März 2027" in words[0]
    assert "um 10:42 UTC am 3. März 2027" in words[1]
    assert "Die Adresse antwortete: 503." in words[-1]
    read = {word.lower() for said in words for word in WORD.findall(said)}
    assert read & english_words() <= {"photos"}


def test_a_webhook_is_told_of_facts_as_words(office: Office) -> None:
    with tenant_scope(office.tenant_id):
        notice = telling.files_deleted_soon(office.app, dt.date(2027, 3, 3), count=2)
    assert notice is not None
    facts = json.loads(body_of(notice))["data"]["facts"]
    assert (facts["count"], facts["date"]) == ("2 files", "3 March 2027")


def test_a_day_of_deletions_is_announced_once_however_often_the_round_is_made(office: Office) -> None:
    day = clock.now().date()
    with tenant_scope(office.tenant_id):
        for count in (5, 6):
            telling.files_deleted_soon(office.app, day, count=count)
        assert Notice.objects.count() == 1


def test_a_room_that_may_not_import_this_one_tells_by_a_task(office: Office) -> None:
    arguments = (str(office.tenant_id), str(office.app.pk), "file.rejected", "upload:7", {"file": "a", "reason": "b."})
    tell_task(*arguments)
    tell_task(*arguments)
    assert len(office.deliveries(channel=Channel.IN_APP, user=office.owner)) == 1


def test_a_task_for_another_tenants_app_tells_nobody(office: Office, stranger: Office) -> None:
    with pytest.raises(MicroApp.DoesNotExist):
        tell_task(str(stranger.tenant_id), str(office.app.pk), "file.rejected", "1", {"file": "a", "reason": "b."})
    assert office.deliveries() == stranger.deliveries() == []


def test_every_kind_has_words_that_its_facts_fill(office: Office) -> None:
    facts = dict.fromkeys(
        ("of", "used", "limit", "file", "reason", "count", "date", "time", "host", "app", "app_slug", "workspace",
         "workspace_slug", "quota", "endpoint", "about", "wish", "decision", "version", "template"), "x",
    )  # fmt: skip
    for known in NOTICE_TYPES.values():
        assert "{" not in known.title_for(facts) + known.words_for(facts)
    assert set(NOTICE_TYPES) == set(Kind)


def test_the_database_refuses_a_delivery_to_nobody(office: Office) -> None:
    notice = office.tell()
    with pytest.raises(IntegrityError, match="delivery_has_one_receiver"), tenant_scope(office.tenant_id):
        Delivery.objects.create(tenant_id=office.tenant_id, notice=notice, channel="email", message=new_id())
