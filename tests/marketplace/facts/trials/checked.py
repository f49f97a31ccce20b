"""Checked: each check named is made, by the real engines, before a file can be had; and the rules are those signed."""

import hashlib
import json
import uuid

from django.conf import settings
from django.utils.dateformat import format as formatted

from broker.tokens import verify
from scanning.engines.registry import engines
from scanning.models import ScanVerdict
from scanning.pipeline import scan_upload
from storage.models import Upload
from storage.object_store import object_store
from tenancy.scoping import tenant_scope
from tests.marketplace.facts.registry import trial
from tests.marketplace.facts.specimens import PDF, Specimen
from tests.marketplace.facts.world import App, World
from tests.scanning import samples
from tests.scanning.making import CARDS, pdf


@trial("Checked", "Contents match the file type")
def what_is_something_else_inside_is_not_stored(world: World) -> None:
    for specimen in world.types:
        ended = _brought(world.full, specimen, samples.WINDOWS_PROGRAM + bytes(5000))
        assert (ended.state, ended.problem_code) == ("rejected", "FILE_CONTENT_MISMATCH"), specimen.media_type


@trial("Checked", "Virus scan")
def a_virus_is_not_stored(world: World) -> None:
    ended = _brought(world.full, world.specimen, world.specimen.infected)
    assert (ended.state, ended.problem_code) == ("rejected", "FILE_INFECTED")
    _asked(world, "malware")


@trial("Checked", "Search for personal data")
def a_file_with_personal_data_waits_for_a_person(world: World) -> None:
    assert PDF in world.types
    ended = _brought(world.full, PDF, pdf(CARDS))
    assert (ended.state, ended.problem_code) == ("held", "FILE_HAS_PERSONAL_DATA")
    assert world.full.call("post", f"/files/{ended.pk}/signed-url", {}).status_code == 404
    _asked(world, "personal_data")


@trial("Checked", r"Version (?P<number>\S+), published (?P<day>.+)")
def apps_are_made_of_this_version(world: World, number: str, day: str) -> None:
    assert verify(world.bare.person.token()).template == f"{world.slug}/{number}"
    assert day == formatted(world.version.published_at, "j F Y")


@trial("Checked", "sha256:(?P<digest>[0-9a-f]{64})")
def the_fingerprint_is_of_the_rules_that_bind_apps(world: World, digest: str) -> None:
    """SHA-256 of the JSON as RFC 8785 writes it; the document has no fractions, so that sorting names is all of it."""
    canonical = json.dumps(world.version.content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert digest == hashlib.sha256(canonical.encode()).hexdigest()


def _brought(app: App, specimen: Specimen, body: bytes) -> Upload:
    """The upload once storage has the bytes, the gateway has looked, and the engines have been asked."""
    upload_id = app.send(specimen, body)
    app.call("post", f"/uploads/{upload_id}/complete", {})
    scan_upload(object_store(), engines(settings.CLAMD_URL), app.person.app.tenant_id, uuid.UUID(upload_id))
    return app.upload(upload_id)


def _asked(world: World, check: str) -> None:
    """A clean file of each type was looked at by this check before it was filed."""
    file_id = world.full.file(world.specimen)
    with tenant_scope(world.full.person.app.tenant_id):
        asked = set(ScanVerdict.objects.filter(upload_id=file_id).values_list("engine", flat=True))
    assert check in asked
