"""Scanners of an organisation's own: asked by signed messages, believed only when they sign, never skipped."""

import datetime as dt
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from audit.actions import AuditAction
from audit.models import AuditEvent
from embedded.management import PROJECT
from kernel import clock
from kernel.errors import CATALOGUE, FILE_HAS_SECRETS
from kernel.outbound import OutboundError, ask
from notices.sealing import new_secret
from scanning import pipeline, verdicts
from scanning.decisions import release
from scanning.engines.port import EngineUnavailableError
from scanning.models import OutsideScanner, ScanVerdict
from scanning.outside import engine, registration, standing, trying
from storage.models import Upload
from storage.object_store import ObjectStore
from tenancy.models import MicroApp
from tenancy.principals import user_principal
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.notices.servers import raw_server
from tests.scanning import samples
from tests.scanning.doubts import Doubter, person
from tests.scanning.outsiders import Asked, OutsideServer, Reply
from tests.scanning.world import arrive, file_of, new_app, now_of

PHOTO = samples.picture("JPEG", (90, 60))
NAMED = ("content_type", "outside")
OURS = [Doubter(name="content_type")]


@pytest.fixture
def outside(settings: Any) -> Iterator[OutsideServer]:
    settings.OUTBOUND_PRIVATE_ADDRESSES_ALLOWED = True
    with OutsideServer() as server:
        yield server


def register(app: MicroApp, url: str, name: str = "Acme", *, always: bool = False) -> tuple[OutsideScanner, str]:
    with tenant_scope(app.tenant_id):
        return registration.add(
            app.workspace, name, url, is_asked_always=always, actor=user_principal(app.created_by_id)
        )


@pytest.fixture
def scanner(app: MicroApp, outside: OutsideServer) -> OutsideScanner:
    row, outside.secret = register(app, outside.url)
    return row


def scan(upload: Upload, store: ObjectStore) -> Upload:
    ended = pipeline.scan_upload(store, OURS, upload.tenant_id, upload.id)
    assert ended is not None
    return ended


def said_of(upload: Upload) -> ScanVerdict:
    with tenant_scope(upload.tenant_id):
        said: ScanVerdict = verdicts.of(upload.id).get(engine__startswith="outside")
    return said


def last_action(upload: Upload) -> str:
    with tenant_scope(upload.tenant_id):
        return str(AuditEvent.objects.filter(subject=f"upload:{upload.id}").order_by("id").last().action)


def wait_an_hour(upload: Upload) -> None:
    with tenant_scope(upload.tenant_id):
        Upload.objects.filter(pk=upload.pk).update(state_changed_at=clock.now() - dt.timedelta(minutes=61))


def test_a_clean_answer_lets_the_file_in_and_the_question_tells_the_whole_file(
    app: MicroApp, store: ObjectStore, outside: OutsideServer, scanner: OutsideScanner
) -> None:
    outside.says("clean", engine="AcmeScan 3.1", signatures="2026-11-24")
    upload = arrive(app, store, PHOTO, name='odd "name"\r\n.jpg', engines=NAMED)
    assert scan(upload, store).state == "available"
    asked = outside.asked[0]
    assert asked.file == PHOTO
    sha256 = hashlib.sha256(PHOTO).hexdigest()
    assert asked.data == {
        "name": 'odd "name"\r\n.jpg',
        "content_type": "image/jpeg",
        "size": len(PHOTO),
        "sha256": sha256,
    }
    said = said_of(upload)
    assert (said.engine, said.outcome) == ("outside Acme", "clean")
    assert (said.engine_version, said.signature_version) == ("AcmeScan 3.1", "2026-11-24")


@pytest.mark.parametrize(
    ("verdict", "state", "code"),
    [("held", "held", "FILE_SET_ASIDE"), ("rejected", "rejected", "FILE_FORBIDDEN"),
     ("infected", "rejected", "FILE_INFECTED")],
)  # fmt: skip
def test_what_it_doubts_or_refuses_is_not_let_in(
    app: MicroApp,
    store: ObjectStore,
    outside: OutsideServer,
    scanner: OutsideScanner,
    verdict: str,
    state: str,
    code: str,
) -> None:
    outside.says(verdict, words="drawing of\nour\x1b[31m plant")
    upload = arrive(app, store, PHOTO, engines=NAMED)
    ended = scan(upload, store)
    assert (ended.state, ended.problem_code) == (state, code)
    assert file_of(upload) is None
    assert "\n" not in said_of(upload).detail
    assert "\x1b" not in said_of(upload).detail
    assert last_action(upload) == (AuditAction.UPLOAD_HELD if state == "held" else AuditAction.UPLOAD_REJECTED)


def test_it_can_not_let_in_what_our_own_checks_doubt(
    app: MicroApp, store: ObjectStore, outside: OutsideServer, scanner: OutsideScanner
) -> None:
    upload = arrive(app, store, PHOTO, engines=NAMED)
    ended = pipeline.scan_upload(store, [Doubter(FILE_HAS_SECRETS)], upload.tenant_id, upload.id)
    assert ended is not None
    assert (ended.state, ended.problem_code) == ("held", "FILE_HAS_SECRETS")


def spoiled(**changes: Any) -> Callable[[Asked], Reply]:
    return lambda _: Reply(**changes)


SPOILED = {
    "unsigned": spoiled(changes={"webhook-signature": ""}),
    "signed by somebody else": spoiled(secret=new_secret()),
    "an old answer": spoiled(changes={"webhook-timestamp": "1700000000"}),
    "an odd timestamp": spoiled(changes={"webhook-timestamp": "soon"}),
    "an odd signature": spoiled(changes={"webhook-signature": "v1"}),
    "the answer to another question": spoiled(changes={"webhook-id": "scan_other"}),
    "an answer about another file": spoiled(told={"verdict": "clean", "sha256": "0" * 64}),
    "an unknown verdict": spoiled(told={"verdict": "ok"}),
    "no verdict": spoiled(told={"words": "fine"}),
    "no JSON": spoiled(told=b"clean"),
    "no text": spoiled(told=b"\xff\xfe"),
    "our own question": lambda asked: Reply(told=asked.text.encode()),
    "too long": spoiled(told={"verdict": "clean", "words": "a" * 20_000}),
    "status 202": spoiled(status=202),
    "status 500": spoiled(status=500),
    "a redirect": spoiled(status=302, changes={"Location": "http://127.0.0.1:1/"}),
}


@pytest.mark.parametrize("kind", SPOILED)
def test_what_is_not_a_signed_answer_about_this_file_is_none(
    app: MicroApp, store: ObjectStore, outside: OutsideServer, scanner: OutsideScanner, kind: str
) -> None:
    outside.reply = SPOILED[kind]
    upload = arrive(app, store, PHOTO, engines=NAMED)
    with pytest.raises(EngineUnavailableError):
        scan(upload, store)
    assert now_of(upload).state == "scanning"
    assert file_of(upload) is None
    with tenant_scope(app.tenant_id):
        row = OutsideScanner.objects.get()
    assert row.failing_since is not None
    assert row.last_error.endswith(".")


def test_one_that_gave_no_answer_is_left_alone_for_a_minute_and_asked_again_then(
    app: MicroApp, store: ObjectStore, outside: OutsideServer, scanner: OutsideScanner
) -> None:
    outside.reply = spoiled(status=503)
    first, second = (arrive(app, store, PHOTO, engines=NAMED) for _ in range(2))
    for upload in (first, second):
        with pytest.raises(EngineUnavailableError):
            scan(upload, store)
    assert len(outside.asked) == 1
    standing.forget_rest(scanner.pk)
    outside.says("clean")
    assert [scan(upload, store).state for upload in (first, second)] == ["available"] * 2
    with tenant_scope(app.tenant_id):
        assert OutsideScanner.objects.get().failing_since is None


def test_after_an_hour_of_silence_a_person_decides_and_their_word_counts(
    app: MicroApp, store: ObjectStore, outside: OutsideServer, scanner: OutsideScanner
) -> None:
    outside.reply = spoiled(status=503)
    upload = arrive(app, store, PHOTO, engines=NAMED)
    with pytest.raises(EngineUnavailableError):
        scan(upload, store)
    wait_an_hour(upload)
    ended = scan(upload, store)
    assert (ended.state, ended.problem_code) == ("held", "FILE_UNANSWERED")
    words = CATALOGUE[ended.problem_code].words_for(ended.problem_facts)
    assert "gave no answer about holiday.jpg. It waits until" in words
    release(upload, person(app, Role.OWNER), "I know where it comes from.")
    assert scan(upload, store).state == "available"


def test_released_for_its_silence_a_file_is_still_refused_by_its_answer(
    app: MicroApp, store: ObjectStore, outside: OutsideServer, scanner: OutsideScanner
) -> None:
    outside.reply = spoiled(status=503)
    upload = arrive(app, store, PHOTO, engines=NAMED)
    with pytest.raises(EngineUnavailableError):
        scan(upload, store)
    wait_an_hour(upload)
    assert scan(upload, store).state == "held"
    release(upload, person(app, Role.OWNER), "I know where it comes from.")
    standing.forget_rest(scanner.pk)
    outside.says("infected")
    assert scan(upload, store).state == "rejected"


@pytest.mark.parametrize("is_off", [True, False])
def test_a_template_that_wants_one_lets_files_wait_where_there_is_none(
    app: MicroApp, store: ObjectStore, outside: OutsideServer, is_off: bool
) -> None:
    if is_off:
        row, _ = register(app, outside.url)
        with tenant_scope(app.tenant_id):
            registration.turn_off(row, actor=user_principal(app.created_by_id))
    upload = arrive(app, store, PHOTO, engines=NAMED)
    with pytest.raises(EngineUnavailableError, match="no scanner"):
        scan(upload, store)
    wait_an_hour(upload)
    assert scan(upload, store).problem_code == "FILE_UNANSWERED"
    assert outside.asked == []


@pytest.mark.parametrize("always", [True, False])
def test_an_owner_says_whether_it_is_asked_about_every_file(
    app: MicroApp, store: ObjectStore, outside: OutsideServer, always: bool
) -> None:
    _, outside.secret = register(app, outside.url, always=always)
    assert scan(arrive(app, store, PHOTO, engines=("content_type",)), store).state == "available"
    assert len(outside.asked) == always


def test_every_scanner_of_a_workspace_must_agree_and_none_of_another_is_asked(
    app: MicroApp, store: ObjectStore, outside: OutsideServer, scanner: OutsideScanner
) -> None:
    with OutsideServer() as second, OutsideServer() as foreign:
        _, second.secret = register(app, second.url, "Second")
        _, foreign.secret = register(new_app(), foreign.url, always=True)
        second.says("rejected")
        assert scan(arrive(app, store, PHOTO, engines=NAMED), store).state == "rejected"
        assert (len(outside.asked), len(second.asked), len(foreign.asked)) == (1, 1, 0)


def test_a_file_can_not_end_its_own_part_early(
    app: MicroApp, store: ObjectStore, outside: OutsideServer, scanner: OutsideScanner
) -> None:
    """Who guessed the boundary could show the scanner a harmless beginning only; it is drawn anew each time."""
    seen: list[str] = []
    for _ in range(2):
        body = PHOTO + b"".join(b"\r\n--" + boundary.encode() + b"--\r\n" for boundary in seen) + b"\xff\xd9"
        scan(arrive(app, store, body, engines=NAMED), store)
        assert outside.asked[-1].file == body
        seen.append(outside.asked[-1].headers["content-type"].partition("boundary=")[2])
    assert len(set(seen)) == 2


def test_a_scanner_that_drips_its_answer_is_cut_off(
    app: MicroApp, store: ObjectStore, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OUTBOUND_PRIVATE_ADDRESSES_ALLOWED = True
    monkeypatch.setattr(engine, "_PATIENCE_SECONDS", 0.5)

    def drip(connection: Any) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while connection.send(b"{"):
            time.sleep(0.05)

    with raw_server(drip) as url:
        register(app, url)
        upload = arrive(app, store, PHOTO, engines=NAMED)
        began = time.monotonic()
        with pytest.raises(EngineUnavailableError):
            scan(upload, store)
        assert time.monotonic() - began < 3


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "169.254.169.254", "localhost", "10.0.0.1"])
def test_nothing_is_asked_of_a_private_network(host: str) -> None:
    """Attack 59."""
    with pytest.raises(OutboundError, match="can't be reached"):
        ask(f"https://{host}/", [b"x"], {}, max_bytes=10, seconds=5)


def test_the_example_of_the_guide_answers_as_we_understand_it(
    app: MicroApp, store: ObjectStore, outside: OutsideServer, scanner: OutsideScanner
) -> None:
    guide = (PROJECT / "docs" / "content-safety.md").read_text(encoding="utf-8")
    example: dict[str, Any] = {}
    exec(guide.partition("```python\n")[2].partition("```")[0], example)  # our own document's

    def answered(asked: Asked) -> Reply:
        headers, told = example["answer"](outside.secret, asked.headers, asked.text, asked.file)
        return Reply(told=told.encode(), changes=headers)

    outside.reply = answered
    for body, state in ((PHOTO, "available"), (PHOTO[:-2] + b"EVIL\xff\xd9", "rejected")):
        assert scan(arrive(app, store, body, engines=NAMED), store).state == state


def test_a_test_file_shows_the_owner_whether_it_answers(
    app: MicroApp, outside: OutsideServer, scanner: OutsideScanner
) -> None:
    outside.reply = spoiled(secret=new_secret())
    assert not trying.try_scanner(app.tenant_id, scanner.pk)
    with tenant_scope(app.tenant_id):
        assert OutsideScanner.objects.get().last_error == "Its answer is not signed with the secret."
    outside.says("clean")
    assert trying.try_scanner(app.tenant_id, scanner.pk)
    assert json.loads(outside.asked[0].text)["type"] == "file.scan"
    assert not trying.try_scanner(new_app().tenant_id, scanner.pk)
    with tenant_scope(app.tenant_id):
        assert OutsideScanner.objects.get().last_error == ""
