"""Guest sandboxes: begun by a proof of work, apart from everything live, over after a day, taken along by choice."""

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from altcha import PayloadV1, solve_challenge_v1
from django.test import Client

from accounts.models import User
from admission.proof_of_work import Purpose, new_challenge, spend
from admission.revocations import dead_by
from audit.models import AuditEvent
from broker.tokens import verify
from kernel import clock
from kernel.errors import Problem
from kernel.object_keys import Area
from lifecycle import holds
from lifecycle.binding import bind_holds
from marketplace import sandbox
from marketplace.installing import Choices, install
from marketplace.models import GuestSandbox
from marketplace.publishing import current_version, publish_catalogue
from marketplace.sandbox_bill import bill, lines_of
from marketplace.sandbox_cleaning import clean_up
from marketplace.sandbox_limits import MOST_APPS
from operations import sandbox_samples
from policy.costs import estimate, shipped_book
from scanning.engines.registry import engines
from scanning.pipeline import scan_upload
from storage.models import HeldObject, StoredFile, Upload
from storage.object_lock import S3ObjectLock
from storage.object_store import ObjectStore, object_store, s3_client
from storage.object_versions import ObjectVersions
from tenancy.memberships import in_workspace
from tenancy.models import Membership, MicroApp, Workspace
from tenancy.principals import app_principal, user_principal
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import Person, bucket, new_person
from tests.lifecycle.conftest import filed, locked_store

__all__ = ["bucket", "locked_store"]

IN_SIGHT = (Area.FILES, Area.THUMBS, Area.PREVIEWS)


@pytest.fixture(autouse=True)
def easy(settings: Any) -> None:
    settings.PROOF_OF_WORK_NUMBER = 300


@pytest.fixture
def guest(transactional_db: None, bucket: None) -> GuestSandbox:
    publish_catalogue()
    return sandbox.begin()


@pytest.fixture
def world(transactional_db: None) -> None:
    publish_catalogue()


def solved(purpose: Purpose = Purpose.SANDBOX, subject: str = "") -> str:
    challenge: Any = new_challenge(purpose, subject)
    found = solve_challenge_v1(
        challenge["challenge"], challenge["salt"], challenge["algorithm"], challenge["maxNumber"]
    )
    assert found is not None
    parts = (challenge["algorithm"], challenge["challenge"], found.number, challenge["salt"], challenge["signature"])
    return PayloadV1(*parts).to_base64()


def first_app(guest: GuestSandbox) -> MicroApp:
    with tenant_scope(guest.tenant_id):
        return MicroApp.objects.select_related("workspace").get()


def test_a_visitor_is_in_a_working_sandbox_after_one_form(world: None) -> None:
    client = Client()
    answer = client.post("/sandbox/", {"altcha": solved()}, follow=True)
    assert answer.redirect_chain == [("/apps/", 302)]
    text = answer.content.decode()
    assert "Summer party" in text
    assert "Nothing here is for real" in text
    assert client.session.get_expiry_age() <= 24 * 3600
    cookie = client.cookies["sandbox"]
    assert cookie["httponly"]
    assert int(cookie["max-age"]) <= 24 * 3600


@pytest.mark.parametrize("payload", ["", "nonsense", "e30=", "W10=", "x" * 5000])
def test_without_a_proof_there_is_no_sandbox(world: None, payload: str) -> None:
    before = GuestSandbox.objects.count()
    answer = Client().post("/sandbox/", {"altcha": payload})
    assert answer.status_code == 403
    assert "Confirm you are a person to continue." in answer.content.decode()
    assert GuestSandbox.objects.count() == before


def test_a_proof_counts_once(world: None) -> None:
    proof = solved()
    assert Client().post("/sandbox/", {"altcha": proof}).status_code == 302
    assert Client().post("/sandbox/", {"altcha": proof}).status_code == 403


def test_a_sandbox_is_a_tenant_in_which_nobody_else_is(guest: GuestSandbox) -> None:
    with tenant_scope(guest.tenant_id):
        assert [row.user_id for row in Membership.objects.all()] == [guest.user_id]
        assert Workspace.objects.get().is_sandbox


def test_a_guest_sees_nothing_live_and_nobody_live_sees_the_guests(guest: GuestSandbox) -> None:
    live = new_person()
    ours, theirs = client_of(guest.user), client_of(live.user)
    for address in ("/apps/{}/", "/apps/{}/try/", "/apps/{}/keys/", "/go/{}/"):
        assert ours.get(address.format(live.app.slug)).status_code == 404
        assert theirs.get(address.format(first_app(guest).slug)).status_code == 404
    assert ours.get("/admin/").status_code in {302, 404}


def test_two_guests_are_as_far_apart_as_two_organisations(guest: GuestSandbox) -> None:
    other = sandbox.begin()
    assert client_of(other.user).get(f"/apps/{first_app(guest).slug}/").status_code == 404


def test_the_samples_come_in_through_the_checks_and_once(guest: GuestSandbox, settings: Any) -> None:
    app = first_app(guest)
    assert sandbox_samples.fill(guest.tenant_id, app.id) == 3
    assert sandbox_samples.fill(guest.tenant_id, app.id) == 0
    scan_all(guest, settings)
    with tenant_scope(guest.tenant_id):
        names = set(StoredFile.objects.values_list("name", flat=True))
        assert names == {sample.name for sample in sandbox_samples.SAMPLES}
        actors = set(AuditEvent.objects.filter(app_id=app.id).values_list("actor", flat=True))
    assert str(app_principal(app.publishable_id)) in actors


def scan_all(guest: GuestSandbox, settings: Any) -> None:
    with tenant_scope(guest.tenant_id):
        waiting = list(Upload.objects.values_list("pk", flat=True))
    for upload_id in waiting:
        scan_upload(object_store(), engines(settings.CLAMD_URL), guest.tenant_id, upload_id)


def test_a_sandbox_holds_a_few_apps_and_says_so(guest: GuestSandbox) -> None:
    version = current_version("team-photo-share")
    assert version is not None
    with tenant_scope(guest.tenant_id):
        membership = in_workspace(guest.user_id, first_app(guest).workspace_id)
        assert membership is not None
        for number in range(MOST_APPS - 1):
            install(version, membership, Choices(f"App {number}", "eu-central-1"))
        with pytest.raises(Problem) as refused:
            install(version, membership, Choices("One more", "eu-central-1"))
    assert refused.value.type.code == "SANDBOX_FULL"
    assert f"up to {MOST_APPS} apps" in refused.value.user_message


def test_after_a_day_nobody_gets_in_and_no_byte_is_left(guest: GuestSandbox, settings: Any) -> None:
    app = first_app(guest)
    person = Person(app, guest.user)
    token = person.token()
    sandbox_samples.fill(guest.tenant_id, app.id)
    scan_all(guest, settings)
    client = client_of(guest.user)
    with tenant_scope(guest.tenant_id):
        keys = [stored.key(area) for stored in StoredFile.objects.all() for area in IN_SIGHT]
    for key in keys[1::3] + keys[2::3]:
        object_store().put(key, b"small", "image/webp", {}, encryption_key="")
    assert len(keys) == 9
    while clean_up(object_store(), guest.expires_at + dt.timedelta(minutes=1)):
        pass
    assert client.get("/apps/").status_code == 302
    assert dead_by(verify(token).facts())
    assert [object_store().head(key) for key in keys] == [None] * 9
    with tenant_scope(guest.tenant_id):
        assert StoredFile.objects.count() == 0
        app.quota.refresh_from_db()
        assert app.quota.bytes_used == 0
        assert AuditEvent.objects.filter(action="marketplace:sandbox:ended").count() == 1
    guest.refresh_from_db()
    assert guest.ended_at is not None


def test_a_hold_in_a_sandbox_ends_with_it_in_storage_too(
    guest: GuestSandbox, locked_store: ObjectStore, settings: Any, monkeypatch: Any
) -> None:
    lock = S3ObjectLock(s3_client(), settings.S3_BUCKET)
    monkeypatch.setattr("marketplace.sandbox_cleaning.object_lock", lambda: lock)
    app = first_app(guest)
    stored = filed(app, locked_store)
    with tenant_scope(guest.tenant_id):
        hold = holds.place(app, None, reason="only a try", actor="user:guest")
    bind_holds(lock, guest.tenant_id)
    while clean_up(locked_store, guest.expires_at + dt.timedelta(minutes=1)):
        pass
    assert ObjectVersions(s3_client(), settings.S3_BUCKET).of(str(stored.key())) == []
    bind_holds(lock, guest.tenant_id)
    with tenant_scope(guest.tenant_id):
        hold.refresh_from_db()
        assert hold.lifted_at is not None
        assert HeldObject.objects.count() == 0


def test_cleaning_up_leaves_what_is_not_over_and_everything_live(guest: GuestSandbox) -> None:
    live = new_person()
    clean_up(object_store(), clock.now())
    guest.refresh_from_db()
    assert guest.ended_at is None
    assert client_of(guest.user).get("/apps/").status_code == 200
    assert client_of(live.user).get("/apps/").status_code == 200


def test_the_signed_cookie_leads_back_and_a_changed_one_does_not(world: None) -> None:
    client = Client()
    client.post("/sandbox/", {"altcha": solved()})
    client.cookies.pop("session")
    assert "You have a sandbox here until" in client.get("/sandbox/").content.decode()
    other = Client()
    other.cookies["sandbox"] = client.cookies["sandbox"].value.replace(":", "x:", 1)
    assert other.post("/sandbox/return/").headers["Location"] == "/sandbox/"
    assert client.post("/sandbox/return/").headers["Location"] == "/apps/"
    assert "Summer party" in client.get("/apps/").content.decode()


def test_an_app_is_taken_along_to_the_workspace_of_who_signs_in(guest: GuestSandbox) -> None:
    live = new_person()
    leaving = client_of(guest.user).post(f"/sandbox/promote/{first_app(guest).slug}/")
    assert leaving.status_code == 302
    assert leaving.headers["Location"].startswith("/accounts/login/?next=%2Fsandbox%2Fpromote%2F")
    signed = wish(guest)
    client = client_of(live.user)
    page = client.get("/sandbox/promote/", {"app": signed})
    assert "Files, keys and people stay in the sandbox" in page.content.decode()
    made = client.post("/sandbox/promote/", {"app": signed})
    assert re.fullmatch(r"/apps/summer-party-\w+/", made.headers["Location"])
    with tenant_scope(live.app.tenant_id):
        app = MicroApp.objects.select_related("workspace").get(name="Summer party")
        assert not app.workspace.is_sandbox
        assert StoredFile.objects.filter(app=app).count() == 0
    again = client.post("/sandbox/promote/", {"app": signed})
    assert again.status_code == 409


def wish(guest: GuestSandbox) -> str:
    with tenant_scope(guest.tenant_id):
        return sandbox.wish_of(MicroApp.objects.get())


@pytest.mark.parametrize("signed", ["", "nonsense", "e30:1:2"])
def test_what_was_not_signed_in_a_sandbox_is_not_taken_along(world: None, signed: str) -> None:
    client = client_of(new_person().user)
    assert client.get("/sandbox/promote/", {"app": signed}).status_code == 404
    assert client.post("/sandbox/promote/", {"app": signed}).status_code == 404


def test_a_live_app_is_not_promoted_and_has_no_simulated_bill(world: None) -> None:
    live = new_person()
    client = client_of(live.user)
    assert client.post(f"/sandbox/promote/{live.app.slug}/").status_code == 404
    assert client.get("/sandbox/bill/").status_code == 404
    assert "Nothing here is for real" not in client.get("/apps/").content.decode()


def test_the_bill_takes_no_money_and_goes_on_a_month(guest: GuestSandbox) -> None:
    client = client_of(guest.user)
    first, third = client.get("/sandbox/bill/"), client.get("/sandbox/bill/?month=3")
    assert "No money will be taken." in first.content.decode()
    assert "month 3 of" in third.content.decode()
    assert 'href="?month=2"' in first.content.decode()
    assert client.get("/sandbox/bill/?month=99").content.decode().count("month 12 of") == 1


@pytest.mark.parametrize("month", ["-1", "x", "", "٣"])
def test_a_strange_month_is_the_first(guest: GuestSandbox, month: str) -> None:
    assert "month 1 of" in client_of(guest.user).get("/sandbox/bill/", {"month": month}).content.decode()


def test_the_bill_of_a_settled_app_is_the_estimate_of_its_safety_facts(world: None) -> None:
    for slug in ("team-photo-share", "team-file-share", "file-import"):
        version = current_version(slug)
        assert version is not None
        document = version.document
        region = document.regions[0]
        lines = lines_of(document, shipped_book().regions[region], 12)
        settled = sum(line.cost for line in lines) * 100
        if (document.lifecycle.delete_after_days or 0) <= 360:
            assert abs(float(settled) - estimate(document, region).typical_cents) <= 1


def test_the_bill_never_falls_from_month_to_month(guest: GuestSandbox) -> None:
    with tenant_scope(guest.tenant_id):
        apps = list(MicroApp.objects.all())
        months = [bill(apps, month).apps[0].cents for month in range(1, 13)]
    assert months == sorted(months)


def test_a_guest_can_not_have_mail_sent_to_a_stranger(guest: GuestSandbox, mailoutbox: list[Any]) -> None:
    client_of(guest.user).post("/accounts/email/", {"email": "stranger@elsewhere.example", "action_add": ""})
    assert mailoutbox == []


def test_who_is_signed_in_begins_no_sandbox(world: None) -> None:
    before = GuestSandbox.objects.count()
    client_of(new_person().user).post("/sandbox/", {"altcha": solved()})
    assert GuestSandbox.objects.count() == before


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_beginning_is_on_the_record_of_the_sandbox(guest: GuestSandbox) -> None:
    with tenant_scope(guest.tenant_id):
        event = AuditEvent.objects.get(action="marketplace:sandbox:begun")
    assert event.actor == str(user_principal(guest.user_id))
    assert uuid.UUID(event.subject.split(":")[1]) == guest.tenant_id


def test_a_proof_for_uploading_opens_no_sandbox(world: None) -> None:
    assert Client().post("/sandbox/", {"altcha": solved(Purpose.UPLOAD)}).status_code == 403
    spend(solved(Purpose.UPLOAD, "app_1"), Purpose.UPLOAD, "app_1")
