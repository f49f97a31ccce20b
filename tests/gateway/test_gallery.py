"""Files that anyone may open: the ones that a person showed, and nothing else of the app."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from audit.actions import AuditAction
from audit.models import AuditEvent
from kernel import clock
from kernel.identifiers import new_id
from marketplace import showing
from scanning.pictures import make_thumbnail
from storage.models import StoredFile
from storage.object_store import object_store
from tenancy.models import Membership
from tenancy.principals import user_principal
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import Person, file_away, new_person
from tests.media import photographs
from tests.web import web


@pytest.fixture
def host(transactional_db: None, bucket: None) -> Person:
    """Somebody with a gallery."""
    return new_person("event-gallery", frozenset())


@pytest.fixture
def picture(host: Person, settings: Any) -> uuid.UUID:
    """A picture that nobody has looked at, with its thumbnails."""
    file_id = uuid.UUID(file_away(host, settings.CLAMD_URL, photographs.jpeg(), path="stage.jpg"))
    make_thumbnail(object_store(), host.app.tenant_id, file_id)
    return file_id


def show(host: Person, file_id: uuid.UUID, *, is_shown: bool = True) -> None:
    with tenant_scope(host.app.tenant_id):
        showing.decide(host.app, file_id, is_shown=is_shown, actor=user_principal(host.user.pk))


def visit(host: Person, path: str = "", client: Client | None = None) -> Any:
    return (client or Client()).get(f"/gallery/{host.app.slug}/{path}")


def events(host: Person, action: AuditAction) -> list[AuditEvent]:
    with tenant_scope(host.app.tenant_id):
        return list(AuditEvent.objects.filter(app_id=host.app.id, action=action).order_by("id"))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_what_nobody_looked_at_is_shown_to_nobody(host: Person, picture: uuid.UUID) -> None:
    assert "Nothing is shown here yet" in visit(host).content.decode()
    for path in (f"{picture}/", f"{picture}/small", f"{picture}/file"):
        assert visit(host, path).status_code == 404


def test_a_picture_that_was_shown_is_opened_by_anyone_byte_for_byte(host: Person, picture: uuid.UUID) -> None:
    show(host, picture)
    page = visit(host).content.decode()
    assert "stage.jpg" in page
    assert host.user.email not in page
    small = web.get(visit(host, f"{picture}/small")["Location"])
    large = web.get(visit(host, f"{picture}/large")["Location"])
    assert (small.status_code, small.headers["content-type"]) == (200, "image/webp")
    assert len(small.content) < len(large.content)
    whole = web.get(visit(host, f"{picture}/file")["Location"])
    assert whole.headers["content-disposition"].startswith("attachment")
    with tenant_scope(host.app.tenant_id):
        assert len(whole.content) == StoredFile.objects.get(pk=picture).size


def test_every_link_that_a_visitor_gets_stands_in_the_record(host: Person, picture: uuid.UUID) -> None:
    show(host, picture)
    before = len(events(host, AuditAction.DOWNLOAD_URL_SIGNED))
    visit(host, f"{picture}/small")
    visit(host, f"{picture}/file")
    written = events(host, AuditAction.DOWNLOAD_URL_SIGNED)[before:]
    assert [event.detail["area"] for event in written] == ["thumbs", "files"]
    assert all(event.actor.startswith("visitor:") for event in written)


def test_a_hidden_picture_is_gone_for_everyone_at_once(host: Person, picture: uuid.UUID) -> None:
    show(host, picture)
    show(host, picture, is_shown=False)
    assert visit(host, f"{picture}/").status_code == 404
    assert "stage.jpg" not in visit(host).content.decode()


@pytest.mark.parametrize("change", [{"trashed_at": 0, "purge_at": 0}, {"locked_at": 0}], ids=["trash", "lock"])
def test_what_is_in_the_trash_or_locked_is_shown_to_nobody(
    host: Person, picture: uuid.UUID, change: dict[str, Any]
) -> None:
    show(host, picture)
    with tenant_scope(host.app.tenant_id):
        StoredFile.objects.filter(pk=picture).update(**dict.fromkeys(change, clock.now()))
    assert visit(host, f"{picture}/file").status_code == 404


@pytest.mark.parametrize("label", ["confidential", "regulated"])
def test_what_needs_protection_is_shown_to_nobody_whoever_said_yes(
    host: Person, picture: uuid.UUID, label: str
) -> None:
    show(host, picture)
    with tenant_scope(host.app.tenant_id):
        stored = StoredFile.objects.get(pk=picture)
        StoredFile.objects.filter(pk=picture).update(labels={**stored.labels, "classification": label})
    assert visit(host, f"{picture}/file").status_code == 404
    assert "stage.jpg" not in visit(host).content.decode()
    client, address = signed_in(host.user), f"/apps/{host.app.slug}/gallery/"
    assert "Protected: never for everyone" in client.get(address).content.decode()
    assert client.post(address, {"file": str(picture), "decision": "show"}).status_code == 404


def test_saying_it_twice_is_saying_it_once(host: Person, picture: uuid.UUID) -> None:
    show(host, picture)
    show(host, picture)
    show(host, picture, is_shown=False)
    assert len(events(host, AuditAction.FILE_SHOWN)) == 1
    assert len(events(host, AuditAction.FILE_HIDDEN)) == 1


def test_an_app_whose_template_shows_nothing_has_no_gallery(person: Person, filed: str) -> None:
    assert visit(person).status_code == 404
    assert visit(person, f"{filed}/file").status_code == 404
    assert signed_in(person.user).get(f"/apps/{person.app.slug}/gallery/").status_code == 404


def test_another_apps_picture_is_not_in_this_gallery(host: Person, picture: uuid.UUID) -> None:
    show(host, picture)
    other = new_person("event-gallery", frozenset())
    assert visit(other, f"{picture}/file").status_code == 404


def test_somebody_of_another_organisation_sees_what_a_visitor_sees(
    host: Person, picture: uuid.UUID, stranger: Person
) -> None:
    show(host, picture)
    client = signed_in(stranger.user)
    assert "stage.jpg" in visit(host, client=client).content.decode()
    assert client.get(f"/apps/{host.app.slug}/gallery/").status_code == 404


def test_its_builder_says_on_a_page_what_is_shown(host: Person, picture: uuid.UUID) -> None:
    client = signed_in(host.user)
    address = f"/apps/{host.app.slug}/gallery/"
    page = client.get(address).content.decode()
    assert re.search(r"Seen by your workspace alone.*stage\.jpg.*Shown to everyone", page, re.DOTALL)
    answer = client.post(address, {"file": str(picture), "decision": "show"}, follow=True)
    assert "Anyone with the link can see stage.jpg now." in answer.content.decode()
    assert visit(host, f"{picture}/").status_code == 200
    client.post(address, {"file": str(picture), "decision": "hide"})
    assert visit(host, f"{picture}/").status_code == 404


@pytest.mark.parametrize("file", ["", "x", str(uuid.UUID(int=7))])
def test_a_decision_about_nothing_finds_nothing(host: Person, file: str) -> None:
    answer = signed_in(host.user).post(f"/apps/{host.app.slug}/gallery/", {"file": file, "decision": "show"})
    assert answer.status_code == 404


def test_who_only_uploads_decides_nothing(host: Person, picture: uuid.UUID) -> None:
    member = User.objects.create_user(f"{new_id().hex}@acme.example")
    with tenant_scope(host.app.tenant_id):
        Membership.objects.create(
            tenant_id=host.app.tenant_id, workspace_id=host.app.workspace_id, user=member, role=Role.MEMBER
        )
    answer = signed_in(member).post(f"/apps/{host.app.slug}/gallery/", {"file": str(picture), "decision": "show"})
    assert answer.status_code == 404
    assert visit(host, f"{picture}/").status_code == 404


def test_the_next_page_begins_behind_the_last_picture_of_this_one(host: Person, picture: uuid.UUID) -> None:
    show(host, picture)
    assert "stage.jpg" not in visit(host, f"?before={picture}").content.decode()
    assert "stage.jpg" in visit(host, "?before=nonsense").content.decode()


def test_the_share_page_and_the_upload_page_lead_to_the_gallery(host: Person, person: Person) -> None:
    for page in ("/apps/{}/share/", "/go/{}/"):
        assert f"/gallery/{host.app.slug}/" in signed_in(host.user).get(page.format(host.app.slug)).content.decode()
        assert "/gallery/" not in signed_in(person.user).get(page.format(person.app.slug)).content.decode()
