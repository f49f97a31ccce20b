"""Limits: accepted to the byte and the second that the card names, refused beyond."""

import base64
import datetime as dt
import json
from urllib.parse import parse_qs, urlsplit

from kernel import clock
from quotas.models import Quota
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import send
from tests.marketplace.facts import quantities
from tests.marketplace.facts.registry import trial
from tests.marketplace.facts.specimens import CSV, EVERY, XLSX, Specimen, named_in
from tests.marketplace.facts.world import App, World

_TIME = r"(?P<time>\d+ \w+)"
_UNHEARD_OF = tuple(
    Specimen(media_type, ending, lambda _text: b"x")
    for media_type, ending in (
        ("text/html", ".html"), ("image/svg+xml", ".svg"), ("application/x-dosexec", ".exe"),
        ("application/msword", ".doc"), ("video/mp4", ".mp4"), ("image/tiff", ".tiff"), ("application/x-sh", ".sh"),
    )
)  # fmt: skip


@trial("Limits", "Each file: (?P<types>.+), up to (?P<most>.+)")
def each_file_is_of_these_types_and_no_larger(world: World, types: str, most: str) -> None:
    app, named, largest = world.new_app(), named_in(types), quantities.size(most)
    for specimen in named:
        _taken_or_refused_by_a_rule_on_the_card(world, app, specimen, largest)
        larger = app.start(specimen, largest + 1)
        assert (larger.status_code, larger.json()["code"]) == (413, "FILE_TOO_LARGE")
    for other in (*(each for each in EVERY if each not in named), *_UNHEARD_OF):
        refused = app.start(other, 1000)
        assert (refused.status_code, refused.json()["code"]) == (415, "FILE_TYPE_NOT_ALLOWED"), other.media_type
    runs = app.start(named[0], 1000, path="photo.exe")
    assert runs.json()["code"] == "FILE_TYPE_NOT_ALLOWED"
    _storage_takes_no_byte_more(app, named[0])


def _taken_or_refused_by_a_rule_on_the_card(world: World, app: App, specimen: Specimen, size: int) -> None:
    answer = app.start(specimen, size)
    if answer.status_code != 201:
        assert answer.json()["code"] == "POLICY_REFUSED", answer.content
        rules = [one.words.removeprefix("Its own rule: ") for one in world.card if one.row == "Limits"]
        assert any(rule in answer.json()["user_message"] for rule in rules), answer.content


def _storage_takes_no_byte_more(app: App, specimen: Specimen) -> None:
    form = app.start(specimen, 1000).json()["upload"]
    assert send(form, bytes(1001)).status_code in {400, 403, 413}
    assert send(form, bytes(1000)).status_code == 201


@trial("Limits", "Altogether: (?P<space>.+) and (?P<files>[\\d,]+) files")
def the_space_is_all_there_is(world: World, space: str, files: str) -> None:
    size = len(world.specimen.body)
    _full_after_one_more(world, bytes_used=quantities.size(space) - size)
    _full_after_one_more(world, objects_used=quantities.number(files) - 1)


def _full_after_one_more(world: World, **used: int) -> None:
    """An app that is used so far has room for exactly one file more."""
    app = world.new_app()
    with tenant_scope(app.person.app.tenant_id):
        Quota.objects.filter(app=app.person.app).update(**used)
    assert app.start(world.specimen).status_code == 201
    full = app.start(world.specimen, path=world.specimen.named("one more"))
    assert (full.status_code, full.json()["code"]) == (403, "QUOTA_APP_EXCEEDED")


@trial("Limits", f"An upload must begin within {_TIME}")
def the_form_ends(world: World, time: str) -> None:
    before = clock.now().replace(microsecond=0)
    form = world.full.start(world.specimen).json()["upload"]
    condition = json.loads(base64.b64decode(form["fields"]["policy"]))["expiration"]
    lives = dt.datetime.fromisoformat(condition) - before
    assert 0 <= (lives - dt.timedelta(seconds=quantities.seconds(time))).total_seconds() <= 3


@trial("Limits", f"A link to open a file works for {_TIME}")
def the_link_ends(world: World, time: str) -> None:
    file_id, before = world.full.file(world.specimen), clock.now()
    link = world.full.call("post", f"/files/{file_id}/signed-url", {}).json()
    (lives,) = parse_qs(urlsplit(link["url"]).query)["X-Amz-Expires"]
    assert int(lives) == quantities.seconds(time)
    told = dt.datetime.fromisoformat(link["expires_at"]) - before
    assert 0 <= told.total_seconds() - quantities.seconds(time) <= 3


@trial("Limits", f"Access ends by itself after {_TIME}")
def the_token_ends(world: World, time: str) -> None:
    member = world.full.browser(Role.MEMBER).agree()
    assert member.exchange("files:write").json()["expires_in"] == quantities.seconds(time)
    longer = member.exchange("files:write", expires_in="86400").json()
    assert longer["expires_in"] == quantities.seconds(time)


@trial("Limits", r"Its own rule: (?P<rule>An Excel table may have up to 20 MB\. .+)")
def an_excel_table_has_a_limit_of_its_own(world: World, rule: str) -> None:
    assert world.bare.start(XLSX, 20_000_000).status_code == 201
    _refused_by(rule, world, XLSX, size=20_000_001)
    assert world.bare.start(CSV, 20_000_001).status_code == 201


@trial("Limits", r"Its own rule: (?P<rule>The name has two endings\. .+)")
def a_name_has_one_ending(world: World, rule: str) -> None:
    _refused_by(rule, world, CSV, path="table.xlsx.csv")


@trial("Limits", r"Its own rule: (?P<rule>Name the file after the sender and the number, .+)")
def a_name_tells_one_from_another(world: World, rule: str) -> None:
    for name in ("scan 1", "Rechnung", "IMG_2041"):
        _refused_by(rule, world, world.specimen, path=world.specimen.named(name))


def _refused_by(rule: str, world: World, specimen: Specimen, **changes: object) -> None:
    refused = world.bare.start(specimen, **changes)
    assert (refused.status_code, refused.json()["code"]) == (403, "POLICY_REFUSED")
    assert rule in refused.json()["user_message"]
