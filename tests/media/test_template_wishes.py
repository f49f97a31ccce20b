"""What a template says of pictures is what is done, for whoever uploads; its own page can't promise more."""

import io
import json
from typing import Any

import pytest
from PIL import Image

from kernel.object_keys import Area
from marketplace.models import Installation
from marketplace.publishing import CATALOGUE
from policy.abilities import Ability, here
from policy.document import DocumentError, as_json, parse
from scanning.pictures import make_thumbnail
from storage.models import StoredFile, Upload
from storage.object_store import object_store
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import Person, bucket, file_away, new_person, person  # noqa: F401 - fixtures
from tests.media import photographs
from tests.media.photographs import told


def document(**changes: Any) -> bytes:
    content = json.loads((CATALOGUE / "event-gallery.json").read_text())
    return json.dumps(content | changes).encode()


def test_this_installation_makes_pictures_smaller() -> None:
    assert Ability.SMALLER_PICTURES in here()


def test_a_document_that_says_nothing_of_pictures_keeps_its_digest() -> None:
    assert not {"pictures", "versions"} & as_json(parse(document())).keys()
    assert as_json(parse(document(pictures={"metadata": "strip"})))["pictures"] == {"metadata": "strip"}


@pytest.mark.parametrize(
    "changes",
    [
        {"pictures": {"metadata": "hide"}},
        {"pictures": {}},
        {"pictures": {"metadata": "strip", "place": "keep"}},
        {"versions": -1},
        {"versions": 101},
    ],
)
def test_what_could_not_be_enforced_is_no_document(changes: dict[str, Any]) -> None:
    with pytest.raises(DocumentError):
        parse(document(**changes))


def test_notes_can_not_be_promised_away_for_kinds_whose_notes_stay() -> None:
    uploads = json.loads(document())["uploads"] | {"types": ["image/jpeg", "image/heic"]}
    with pytest.raises(DocumentError) as refused:
        parse(document(uploads=uploads, pictures={"metadata": "strip"}))
    assert [error.pointer for error in refused.value.errors] == ["/uploads/types/1"]
    assert parse(document(uploads=uploads, pictures={"metadata": "keep"}))


def turned_on(one: Person, **options: bool) -> dict[str, Any]:
    """What an upload of somebody carries, where the app's maker chose so."""
    with tenant_scope(one.app.tenant_id):
        Installation.objects.filter(app=one.app).update(options={"smaller-pictures": True, **options})
    started = one.start().json()
    with tenant_scope(one.app.tenant_id):
        handling: dict[str, Any] = Upload.objects.get(pk=started["id"]).handling
    return handling


def test_a_choice_that_the_template_does_not_offer_does_nothing(transactional_db: None, bucket: None) -> None:  # noqa: F811
    assert "smaller_pictures" not in turned_on(new_person("form-attachments", frozenset()))


def test_a_signed_link_shows_either_size(person: Person, settings: Any) -> None:  # noqa: F811
    body = photographs.jpeg(size=(1600, 800))
    file_id = file_away(person, settings.CLAMD_URL, body)
    missing = person.call("post", f"/files/{file_id}/signed-url", {"variant": "preview"})
    assert missing.status_code == 404
    with tenant_scope(person.app.tenant_id):
        stored = StoredFile.objects.get(pk=file_id)
    assert make_thumbnail(object_store(), person.app.tenant_id, stored.pk)
    for variant, edge, area in (("thumbnail", 320, Area.THUMBS), ("preview", 1280, Area.PREVIEWS)):
        url = person.call("post", f"/files/{file_id}/signed-url", {"variant": variant}).json()["url"]
        assert f"/{area}/" in url
        facts = object_store().head(stored.key(area))
        assert facts is not None
        small = b"".join(object_store().read(stored.key(area), facts.etag))
        assert Image.open(io.BytesIO(small)).width == edge
        assert told(small) == []


def test_a_stranger_gets_no_preview(person: Person, settings: Any) -> None:  # noqa: F811
    file_id = file_away(person, settings.CLAMD_URL, photographs.jpeg())
    make_thumbnail(object_store(), person.app.tenant_id, StoredFile(pk=file_id).pk)
    assert new_person().call("post", f"/files/{file_id}/signed-url", {"variant": "preview"}).status_code == 404
