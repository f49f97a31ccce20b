"""A file that was set aside waits for an owner, who releases or refuses it for a reason that stays on the record."""

import threading
import uuid

import pytest
from django.conf import settings
from django.db import IntegrityError, connections

from audit.actions import AuditAction
from audit.models import AuditEvent
from kernel.errors import Problem
from notices.models import Notice
from scanning import holds, pipeline, verdicts
from scanning.decisions import refuse, release
from scanning.engines.malware import MalwareEngine
from scanning.models import Hold
from storage import transitions
from storage.grants import object_tags
from storage.models import Upload
from storage.object_store import ObjectStore, s3_client
from tenancy.models import MicroApp
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.scanning.doubts import CARDS, ODDITY, Doubter, person
from tests.scanning.scanners import EICAR
from tests.scanning.world import arrive, bytes_used, file_of, new_app, now_of

BODY = b"4111 1111 1111 1111\n"
ENGINES = ("content_type",)


def scan(upload: Upload, store: ObjectStore, *engines: Doubter) -> Upload:
    ended = pipeline.scan_upload(store, engines or [Doubter(CARDS)], upload.tenant_id, upload.id)
    assert ended is not None
    return ended


@pytest.fixture
def held(app: MicroApp, store: ObjectStore) -> Upload:
    return scan(arrive(app, store, BODY, "text/plain", "list.txt", ENGINES), store)


@pytest.fixture
def owner(app: MicroApp) -> uuid.UUID:
    return person(app, Role.OWNER)


def events(upload: Upload) -> list[tuple[str, str]]:
    with tenant_scope(upload.tenant_id):
        found = AuditEvent.objects.filter(subject=f"upload:{upload.id}").order_by("id")
        return list(found.values_list("action", "actor"))


def notices(upload: Upload) -> dict[str, dict[str, str]]:
    with tenant_scope(upload.tenant_id):
        return dict(Notice.objects.filter(key=str(upload.id)).values_list("kind", "facts"))


def test_a_doubt_sets_the_file_aside_and_tells_the_owners(held: Upload, app: MicroApp, store: ObjectStore) -> None:
    assert (held.state, held.problem_code) == ("held", "FILE_HAS_PERSONAL_DATA")
    assert file_of(held) is None
    assert store.head(held.file_key) is None
    assert store.head(held.quarantine_key) is not None
    assert bytes_used(app) == (len(BODY), 0)
    assert events(held)[-1][0] == AuditAction.UPLOAD_HELD
    assert notices(held)["file.held"]["file"] == "list.txt"


def test_the_verdict_keeps_the_evidence_in_safe_words(held: Upload) -> None:
    with tenant_scope(held.tenant_id):
        verdict = verdicts.of(held.id).get()
    assert (verdict.outcome, verdict.code) == ("held", "FILE_HAS_PERSONAL_DATA")
    assert verdict.detail == "2 card numbers"
    assert (verdict.engine_version, verdict.signature_version) == ("doubter 1", "rules 1")


def test_a_late_task_does_not_let_a_held_file_go_on(held: Upload, store: ObjectStore) -> None:
    assert scan(held, store).state == "held"
    assert scan(held, store, Doubter()).state == "held"
    with tenant_scope(held.tenant_id), pytest.raises(transitions.IllegalTransitionError):
        transitions.begin_scan(held.id, actor="system:test")


def test_released_by_an_owner_it_becomes_a_file(held: Upload, store: ObjectStore, owner: uuid.UUID) -> None:
    assert release(held, owner, " The customer agreed. ").state == "scanning"
    assert events(held)[-2:] == [
        (AuditAction.FILE_RELEASED, f"user:{owner}"),
        (AuditAction.UPLOAD_SCANNING, f"user:{owner}"),
    ]
    assert scan(held, store).state == "available"
    stored = file_of(held)
    assert stored is not None
    assert b"".join(store.read(stored.key(), stored.etag)) == BODY
    assert now_of(held).problem_code == ""
    with tenant_scope(held.tenant_id):
        decided = Hold.objects.get(file_id=held.id)
    assert (decided.decision, decided.decided_by, decided.reason) == (
        "released",
        f"user:{owner}",
        "The customer agreed.",
    )


def test_refused_by_an_owner_nothing_of_it_is_left(
    held: Upload, app: MicroApp, store: ObjectStore, owner: uuid.UUID
) -> None:
    ended = refuse(held, owner, "Not for us.")
    assert (ended.state, ended.problem_code) == ("rejected", "FILE_REFUSED")
    assert [action for action, _ in events(held)][-2:] == [AuditAction.FILE_REFUSED, AuditAction.UPLOAD_REJECTED]
    scan(held, store)
    assert store.head(held.quarantine_key) is None
    assert bytes_used(app) == (0, 0)


@pytest.mark.parametrize("role", [Role.BUILDER, Role.MEMBER, Role.AUDITOR])
@pytest.mark.parametrize("decide", [release, refuse])
def test_nobody_but_an_owner_decides(held: Upload, app: MicroApp, role: Role, decide: object) -> None:
    with pytest.raises(Problem) as raised:
        decide(held, person(app, role), "Because.")  # type: ignore[operator]
    assert raised.value.type.code == "NOT_ALLOWED"
    assert now_of(held).state == "held"


def test_an_owner_of_another_organisation_decides_nothing(held: Upload) -> None:
    with pytest.raises(Problem):
        release(held, person(new_app(), Role.OWNER), "Because.")
    assert now_of(held).state == "held"


@pytest.mark.parametrize("reason", ["", "  ", "\u202e\u0000"])
def test_without_a_reason_nothing_is_decided(held: Upload, owner: uuid.UUID, reason: str) -> None:
    for decide in (release, refuse):
        with pytest.raises(Problem) as raised:
            decide(held, owner, reason)
        assert raised.value.type.code == "VALIDATION"
    assert now_of(held).state == "held"
    assert events(held)[-1][0] == AuditAction.UPLOAD_HELD


def test_what_was_decided_is_not_decided_again(held: Upload, store: ObjectStore, owner: uuid.UUID) -> None:
    release(held, owner, "Fine.")
    for decide in (release, refuse):
        with pytest.raises(Problem) as raised:
            decide(held, owner, "Changed my mind.")
        assert raised.value.type.code == "CHANGED_MEANWHILE"
    assert scan(held, store).state == "available"


def test_of_two_owners_at_once_one_decides(held: Upload, app: MicroApp) -> None:
    owners, ends = [person(app, Role.OWNER) for _ in range(4)], []

    def decide(who: uuid.UUID, number: int) -> None:
        try:
            ends.append((release if number % 2 else refuse)(held, who, "Decided.").state)
        except Problem as problem:
            ends.append(problem.type.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=decide, args=(who, number)) for number, who in enumerate(owners)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends)[:3] == ["CHANGED_MEANWHILE"] * 3
    assert now_of(held).state in {"scanning", "rejected"}


def test_a_release_covers_what_the_owner_saw_and_no_more(held: Upload, store: ObjectStore, owner: uuid.UUID) -> None:
    release(held, owner, "Fine.")
    again = scan(held, store, Doubter(ODDITY))
    assert (again.state, again.problem_code) == ("held", "FILE_DOUBTFUL")
    release(held, owner, "Also fine.")
    assert scan(held, store, Doubter(CARDS)).state == "available"


def test_other_bytes_than_those_decided_about_are_refused(held: Upload, store: ObjectStore, owner: uuid.UUID) -> None:
    """The client's form may still live while an owner decides: what it sends over the held file isn't released."""
    release(held, owner, "Fine.")
    store.put(held.quarantine_key, BODY.replace(b"4", b"5"), "text/plain", object_tags(held), encryption_key="")
    ended = scan(held, store)
    assert (ended.state, ended.problem_code) == ("rejected", "UPLOAD_ALTERED")


def test_a_refusal_later_in_the_order_outweighs_a_doubt(app: MicroApp, store: ObjectStore, clamd_url: str) -> None:
    upload = arrive(app, store, EICAR, "text/plain", "a.txt", ("content_type", "malware"))
    ended = pipeline.scan_upload(store, [Doubter(CARDS), MalwareEngine(clamd_url)], upload.tenant_id, upload.id)
    assert ended is not None
    assert (ended.state, ended.problem_code) == ("rejected", "FILE_INFECTED")
    assert notices(upload).keys() == {"file.rejected"}


def test_the_database_keeps_one_open_hold_and_no_decision_without_its_reason(held: Upload) -> None:
    fields = {"tenant_id": held.tenant_id, "app_id": held.app_id, "file_id": held.id, "sha256": "0" * 64}
    for wrong in ({}, {"decision": "released"}, {"decision": "released", "decided_by": "user:x"}):
        with pytest.raises(IntegrityError), tenant_scope(held.tenant_id):
            Hold.objects.create(**fields, **wrong)


def test_another_organisation_sees_no_hold(held: Upload) -> None:
    with tenant_scope(new_app().tenant_id):
        assert holds.waiting(held.id) is None
        assert not verdicts.of(held.id).exists()


def test_what_was_released_is_labelled_as_what_was_found(held: Upload, store: ObjectStore, owner: uuid.UUID) -> None:
    release(held, owner, "The customer agreed.")
    scan(held, store)
    stored = file_of(held)
    assert stored is not None
    assert (stored.labels["classification"], stored.labels["contains"]) == ("regulated", "personal-data")
    assert stored.labels["kind"] == "photo"
    tags = s3_client().get_object_tagging(Bucket=settings.S3_BUCKET, Key=str(stored.key()))["TagSet"]
    assert {"Key": "classification", "Value": "regulated"} in tags
    said = s3_client().head_object(Bucket=settings.S3_BUCKET, Key=str(stored.key()))
    assert (said["Metadata"]["gatehouse-classification"], said["ContentType"]) == ("regulated", "text/plain")
    assert said["Metadata"]["gatehouse-contains"] == "personal-data"
