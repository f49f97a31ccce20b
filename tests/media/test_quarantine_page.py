"""The inbox of what waits for a person, and a file's page: evidence, decisions, dates, and who may see and do what."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from audit.actions import AuditAction
from audit.models import AuditEvent
from kernel import clock
from kernel.errors import FILE_INFECTED, Problem
from lifecycle.archiving import archive_due
from lifecycle.deletion import delete_due
from notices.models import Notice
from scanning import locks, pipeline, progress
from scanning.engines.registry import engines
from storage.archive import archive
from storage.models import Keeping, StoredFile, Upload
from storage.object_store import ObjectStore
from tenancy.models import Membership, MicroApp
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import new_person
from tests.scanning import samples
from tests.scanning.doubts import CARDS, Doubter, person
from tests.scanning.scanners import EICAR
from tests.scanning.world import arrive, file_of, now_of

PHOTO = samples.picture("JPEG", (300, 200))
LOOKS_NOW = "A worker looks at it now: Rules for dangerous files."


@dataclass
class Desk:
    """An owner's browser in front of an app, and a builder's."""

    app: MicroApp
    owner: Client
    builder: Client
    store: ObjectStore
    clamd_url: str

    def held(self, name: str = "cards.jpg") -> Upload:
        upload = arrive(self.app, self.store, PHOTO, name=name, engines=["content_type"])
        pipeline.scan_upload(self.store, [Doubter(CARDS)], self.app.tenant_id, upload.id)
        return now_of(upload)

    def scanned(self, body: bytes = PHOTO) -> Upload:
        upload = arrive(self.app, self.store, body)
        pipeline.scan_upload(self.store, engines(self.clamd_url), self.app.tenant_id, upload.id)
        return now_of(upload)

    def file(self) -> StoredFile:
        stored = file_of(self.scanned())
        assert stored is not None
        return stored

    def inbox(self, client: Client | None = None) -> str:
        return self.text(f"/apps/{self.app.slug}/quarantine/", client)

    def page(self, upload: Any, client: Client | None = None) -> str:
        return self.text(f"/apps/{self.app.slug}/files/{upload.pk}/", client)

    def text(self, address: str, client: Client | None = None) -> str:
        answer = (client or self.owner).get(address)
        assert answer.status_code == 200, address
        return answer.content.decode()

    def decide(self, upload: Upload | StoredFile, client: Client | None = None, **form: str) -> Any:
        address = f"/apps/{self.app.slug}/quarantine/{upload.pk}/"
        return (client or self.owner).post(address, form)

    def do(self, what: str, file_id: Any, client: Client | None = None, **form: str) -> Any:
        return (client or self.owner).post(f"/apps/{self.app.slug}/files/{file_id}/{what}/", form, follow=True)


def browser(user_id: Any) -> Client:

    client = Client()
    client.force_login(User.objects.get(pk=user_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def desk(transactional_db: None, store: ObjectStore, clamd_url: str) -> Desk:
    one = new_person()
    return Desk(one.app, browser(one.user.pk), browser(person(one.app, Role.BUILDER)), store, clamd_url)


def test_an_owner_sees_what_was_found_and_releases_with_a_reason(desk: Desk) -> None:
    upload = desk.held()
    inbox = desk.inbox()
    assert "cards.jpg" in inbox
    assert "2 card numbers" in inbox
    assert "A person must decide" in inbox
    done = desk.decide(upload, decision="release", reason="These are test cards")
    assert done.status_code == 302
    assert now_of(upload).state == "scanning"
    pipeline.scan_upload(desk.store, [Doubter(CARDS)], desk.app.tenant_id, upload.id)
    assert "Safe and stored" in desk.page(upload)
    assert "“These are test cards”" in desk.page(upload)
    assert "Nothing waits." in desk.inbox()
    assert "Released" in desk.inbox()


def test_what_speaks_against_a_file_stands_above_what_found_nothing(desk: Desk) -> None:
    upload = arrive(desk.app, desk.store, PHOTO, name="cards.jpg", engines=["content_type", "secrets"])
    asked = [Doubter(CARDS), Doubter(name="secrets")]
    pipeline.scan_upload(desk.store, asked, desk.app.tenant_id, upload.id)
    inbox = desk.inbox()
    against, _summary, folded = inbox.partition("1 check found nothing</summary>")
    assert "A person must decide" in against
    assert "Nothing found" in folded
    assert "Nothing found" not in against
    assert "Refused, it is deleted at once." in inbox


def test_the_tab_says_how_many_wait(desk: Desk) -> None:
    assert ">Waiting</a>" in desk.inbox()
    upload, stored = desk.held(), desk.file()
    lock(stored)
    assert '>Waiting (2<span class="visually-hidden"> waiting</span>)</a>' in desk.inbox(desk.builder)
    desk.decide(upload, decision="refuse", reason="Real cards")
    desk.decide(stored, decision="refuse", reason="A real virus")
    assert ">Waiting</a>" in desk.inbox()


def test_a_files_page_tells_by_which_labels_it_is_protected_and_kept(desk: Desk) -> None:
    upload = desk.held()
    desk.decide(upload, decision="release", reason="These are test cards")
    pipeline.scan_upload(desk.store, [Doubter(CARDS)], desk.app.tenant_id, upload.id)
    assert "regulated · photo · holds personal data" in desk.page(upload)


def test_refusing_deletes_and_says_so(desk: Desk) -> None:
    upload = desk.held()
    assert desk.decide(upload, decision="refuse", reason="Real cards").status_code == 302
    assert now_of(upload).state == "rejected"
    assert "“Real cards”" in desk.inbox()
    assert "Refused" in desk.page(upload)


def test_without_a_reason_nothing_is_decided_and_the_page_says_what_is_missing(desk: Desk) -> None:
    upload = desk.held()
    refused = desk.decide(upload, decision="release", reason="  ")
    assert refused.status_code == 422
    assert "Error:" in refused.content.decode()
    assert "A reason is needed" in refused.content.decode()
    assert now_of(upload).state == "held"


def test_a_builder_sees_and_does_not_decide(desk: Desk) -> None:
    upload = desk.held()
    inbox = desk.inbox(desk.builder)
    assert "an owner decides" in inbox
    assert 'value="release"' not in inbox
    assert desk.decide(upload, desk.builder, decision="release", reason="why not").status_code == 403
    assert now_of(upload).state == "held"


def test_a_decision_that_came_too_late_is_told(desk: Desk) -> None:
    upload = desk.held()
    desk.decide(upload, decision="refuse", reason="Real cards")
    assert desk.decide(upload, decision="release", reason="No").status_code == 409
    assert desk.decide(upload, decision="burn", reason="No").status_code == 404


def test_what_a_later_check_locked_waits_in_the_same_inbox(desk: Desk) -> None:
    stored = desk.file()
    lock(stored)
    assert "A later check found this" in desk.inbox()
    assert "Locked: nobody can open it" in desk.page(stored)
    assert "data-download=" not in desk.page(stored)
    assert desk.decide(stored, desk.builder, decision="release", reason="mine").status_code == 403
    assert desk.decide(stored, decision="release", reason="").status_code == 422
    done = desk.decide(stored, decision="release", reason="A false alarm")
    assert done.status_code == 302
    assert file_now(stored).locked_at is None
    assert "data-download=" in desk.page(stored)
    assert "Nothing waits." in desk.inbox()
    assert desk.decide(stored, decision="refuse", reason="Too late").status_code == 409


def test_a_locked_file_that_is_refused_stays_locked_until_it_is_deleted(desk: Desk) -> None:
    stored = desk.file()
    lock(stored)
    assert desk.decide(stored, decision="refuse", reason="A real virus").status_code == 302
    assert file_now(stored).locked_at
    assert delete_due(desk.store, desk.app.tenant_id) == 1
    assert "“A real virus”" in desk.inbox()


def lock(stored: StoredFile) -> None:
    with tenant_scope(stored.tenant_id):
        assert locks.lock(stored.pk, Problem(FILE_INFECTED, name=stored.name), sha256="")


def file_now(stored: StoredFile) -> StoredFile:
    with tenant_scope(stored.tenant_id):
        current: StoredFile = StoredFile.objects.get(pk=stored.pk)
    return current


def test_a_name_that_is_markup_stays_text(desk: Desk) -> None:
    upload = desk.held("<img src=x onerror=alert(1)>.jpg")
    for text in (desk.inbox(), desk.page(upload)):
        assert "<img src=x" not in text
        assert "&lt;img src=x" in text


def test_notices_lead_to_where_something_can_be_done(desk: Desk) -> None:
    held, refused = desk.held(), desk.scanned(PHOTO + EICAR)
    with tenant_scope(desk.app.tenant_id):
        leads = dict(Notice.objects.values_list("kind", "href"))
    assert leads == {
        "file.held": f"/apps/{desk.app.slug}/quarantine/",
        "file.rejected": f"/apps/{desk.app.slug}/files/{refused.pk}/",
    }
    assert "contains a virus" in desk.text(leads["file.rejected"])
    assert held.name in desk.text(leads["file.held"])


def test_a_file_shows_its_checks_and_its_dates(desk: Desk) -> None:
    stored = desk.file()
    assert "as long as the app exists" in desk.page(stored)
    until = clock.now() + dt.timedelta(days=90)
    with tenant_scope(desk.app.tenant_id):
        StoredFile.objects.filter(pk=stored.pk).update(delete_at=until)
    page = desk.page(stored)
    assert "Viruses" in page
    assert "Nothing found" in page
    assert "clamd" in page.lower() or "ClamAV" in page
    assert f"until {until.day} {until:%B %Y}" in page


def test_a_file_is_held_thrown_away_and_brought_back_by_hand(desk: Desk) -> None:
    stored = desk.file()
    assert "Say why" in desk.do("hold", stored.pk).content.decode()
    assert "A legal hold keeps this file" in desk.do("hold", stored.pk, reason="a lawsuit").content.decode()
    assert "Yes: nothing deletes it" in desk.page(stored)
    assert "under a legal hold" in desk.do("trash", stored.pk).content.decode()
    other = desk.file()
    assert "is in the trash" in desk.do("trash", other.pk, desk.builder).content.decode()
    with tenant_scope(desk.app.tenant_id):
        purge = StoredFile.objects.get(pk=other.pk).purge_at
    assert purge is not None
    assert purge > clock.now() + dt.timedelta(days=29)


def test_what_is_in_the_trash_is_seen_and_taken_out_again(desk: Desk) -> None:
    assert "The trash is empty." in desk.text(f"/apps/{desk.app.slug}/trash/")
    stored = desk.file()
    desk.do("trash", stored.pk)
    assert "data-download=" not in desk.page(stored)
    assert '<span class="pill ">In the trash</span>' in desk.page(stored)
    trashed = desk.text(f"/apps/{desk.app.slug}/trash/", desk.builder)
    assert f'href="/apps/{desk.app.slug}/files/{stored.pk}/">holiday.jpg</a>' in trashed
    assert f'action="/apps/{desk.app.slug}/files/{stored.pk}/take-out/"' in trashed
    newer = desk.file()
    assert "is out of the trash" in desk.do("take-out", stored.pk, desk.builder).content.decode()
    assert (file_now(stored).trashed_at, file_now(stored).purge_at) == (None, None)
    assert {file_now(stored).name, file_now(newer).name} == {"holiday.jpg", "holiday (2).jpg"}
    assert "is out of the trash" in desk.do("take-out", stored.pk, desk.builder).content.decode()
    with tenant_scope(desk.app.tenant_id):
        assert AuditEvent.objects.filter(action=AuditAction.FILE_RESTORED, subject=f"file:{stored.pk}").count() == 1


def test_an_auditor_looks_into_the_trash_and_takes_nothing_out(desk: Desk) -> None:
    stored = desk.file()
    desk.do("trash", stored.pk)
    auditor = browser(person(desk.app, Role.AUDITOR))
    assert "take-out" not in desk.text(f"/apps/{desk.app.slug}/trash/", auditor)
    assert desk.do("take-out", stored.pk, auditor).status_code == 404
    assert browser(person(desk.app, Role.MEMBER)).get(f"/apps/{desk.app.slug}/trash/").status_code == 404


def test_what_an_owner_gave_up_for_what_was_found_does_not_come_back(desk: Desk) -> None:
    stored = desk.file()
    lock(stored)
    desk.decide(stored, decision="refuse", reason="A real virus")
    assert "take-out" not in desk.text(f"/apps/{desk.app.slug}/trash/")
    assert "take-out" not in desk.page(stored)
    assert "A later check found something" in desk.do("take-out", stored.pk).content.decode()
    assert file_now(stored).trashed_at


def test_an_archived_file_says_so_truthfully_and_is_asked_for(desk: Desk) -> None:
    stored = desk.file()
    with tenant_scope(desk.app.tenant_id):
        StoredFile.objects.filter(pk=stored.pk).update(archive_at=clock.now())
    archive_due(archive(), desk.app.tenant_id)
    assert "Marked as archived" in desk.page(stored)
    assert "comes back within minutes" in desk.do("bring-back", stored.pk).content.decode()
    assert "Asked back" in desk.page(stored)


@pytest.mark.parametrize("who", ["stranger", "member"])
def test_for_others_there_are_no_such_pages(desk: Desk, who: str) -> None:
    upload, stored = desk.held(), desk.file()
    client = browser(new_person().user.pk if who == "stranger" else person(desk.app, Role.MEMBER))
    base = f"/apps/{desk.app.slug}"
    for address in (f"{base}/quarantine/", f"{base}/files/{stored.pk}/"):
        assert client.get(address).status_code == 404
        assert Client().get(address).status_code == 302
    assert desk.decide(upload, client, decision="release", reason="me").status_code == 404
    for what in ("hold", "trash", "bring-back"):
        assert desk.do(what, stored.pk, client, reason="me").status_code == 404
    assert now_of(upload).state == "held"


def test_a_files_page_is_its_own_apps_alone(desk: Desk) -> None:
    stored = desk.file()
    other = new_person()
    with tenant_scope(other.app.tenant_id):
        assert Membership.objects.filter(user=other.user).exists()
    client = browser(other.user.pk)
    assert client.get(f"/apps/{other.app.slug}/files/{stored.pk}/").status_code == 404


def test_an_auditor_reads_and_changes_nothing(desk: Desk) -> None:
    stored = desk.file()
    auditor = browser(person(desk.app, Role.AUDITOR))
    page = desk.page(stored, auditor)
    assert "Put it into the trash" not in page
    assert "Place a legal hold" not in page
    assert desk.do("trash", stored.pk, auditor).status_code == 404


def test_in_the_admin_an_owner_stays_within_the_templates_bounds(desk: Desk) -> None:

    with tenant_scope(desk.app.tenant_id):
        rule = Keeping.objects.get(app=desk.app)
    address = f"/admin/storage/keeping/{rule.pk}/change/"
    assert "at most 90 days; no archive" in desk.text(address)
    for wrong in (
        {"delete_after_days": "91"},
        {"delete_after_days": ""},
        {"delete_after_days": "5", "archive_after_days": "2"},
    ):
        assert desk.owner.post(address, wrong).status_code == 200
    assert desk.owner.post(address, {"delete_after_days": "30"}).status_code == 302
    with tenant_scope(desk.app.tenant_id):
        assert Keeping.objects.get(pk=rule.pk).delete_after_days == 30
    assert browser(new_person().user.pk).get(address).status_code == 404


def test_a_files_page_tells_at_which_check_a_worker_is(desk: Desk) -> None:
    upload = arrive(desk.app, desk.store, PHOTO)
    with progress.in_hand(upload.pk) as lease:
        assert LOOKS_NOW not in desk.page(upload)
        lease.step("rules")
        assert LOOKS_NOW in desk.page(upload)
    assert LOOKS_NOW not in desk.page(upload)
