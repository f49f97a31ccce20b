"""Storage tells browsers that pages of listed websites may upload, and pages of others may not."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as configured

from broker import origins
from broker.models import AppOrigin
from broker.storage_websites import tell_storage
from broker.tasks import tell_storage_of_websites
from storage import websites
from storage.object_store import s3_client
from storage.provisioning import provision
from tenancy.principals import user_principal
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import PICTURE, Person, new_person
from tests.web import web


@pytest.fixture(autouse=True)
def own_bucket(settings: Any) -> None:
    """Others' tests tell the common one of websites at the same time."""
    settings.S3_BUCKET = f"websites-{uuid.uuid4().hex}"
    provision(s3_client())


@pytest.fixture
def person(transactional_db: None) -> Person:
    return new_person()


@pytest.fixture
def site(transactional_db: None) -> Iterator[str]:
    """A website that nobody else's test lists."""
    name = f"https://{uuid.uuid4().hex}.example"
    yield name
    AppOrigin.objects.filter(origin=name).delete()


def preflight(origin: str, method: str = "POST") -> Any:
    """What a browser asks storage before a page sends a file."""
    asks = {"Origin": origin, "Access-Control-Request-Method": method}
    return web.request("OPTIONS", f"{configured.S3_ENDPOINT_URL}/{configured.S3_BUCKET}/", headers=asks)


def lets_in(origin: str, method: str = "POST") -> bool:
    return preflight(origin, method).headers.get("access-control-allow-origin") in {origin, "*"}


def list_websites(person: Person, *names: str) -> None:
    with tenant_scope(person.app.tenant_id):
        origins.keep(person.app, names, actor=user_principal(person.user.pk))


def test_a_listed_websites_page_may_upload_and_one_that_is_no_longer_listed_may_not(person: Person, site: str) -> None:
    assert not lets_in(site)
    list_websites(person, site)
    tell_storage_of_websites()
    assert lets_in(site)
    assert lets_in(site, "PUT")
    form = person.start().json()["upload"]
    sent = web.post(form["url"], data=form["fields"], files={"file": ("f", PICTURE)}, headers={"Origin": site})
    assert (sent.status_code, sent.headers["access-control-allow-origin"]) == (201, site)
    list_websites(person)
    tell_storage_of_websites()
    assert not lets_in(site)
    assert lets_in(configured.SITE_URL)


@pytest.mark.parametrize("other", ["null", "http://{}", "https://{}.evil.example", "https://evil{}", "https://{}:8443"])
def test_only_the_very_website_is_let_in(person: Person, site: str, other: str) -> None:
    list_websites(person, site)
    tell_storage()
    assert not lets_in(other.format(site.removeprefix("https://")))


def test_provisioning_again_keeps_the_websites(person: Person, site: str) -> None:
    list_websites(person, site)
    tell_storage()
    provision(s3_client())
    assert site in websites.let_in(s3_client())
    assert lets_in(configured.SITE_URL)


def test_what_is_so_already_is_not_written_again(person: Person, site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    list_websites(person, site)
    tell_storage()
    client, written = s3_client(), []
    put = client.put_bucket_cors
    monkeypatch.setattr(client, "put_bucket_cors", lambda **rules: written.append(rules) or put(**rules))
    websites.open_to(client, websites.let_in(client))
    assert written == []


def test_a_website_that_two_apps_list_stays_until_neither_does(person: Person, site: str) -> None:
    other = new_person()
    for each in (person, other):
        list_websites(each, site)
    list_websites(person)
    tell_storage()
    assert lets_in(site)
    list_websites(other)
    tell_storage()
    assert not lets_in(site)


def test_there_is_room_for_a_thousand_websites_in_the_order_in_which_they_were_listed(bucket: None) -> None:
    client = s3_client()
    many = [f"https://a-website-with-a-rather-long-name-{number}.example" for number in range(websites.MOST_WEBSITES)]
    websites.open_to(client, [*many, "https://one-too-many.example"])
    assert websites.let_in(client) == many
    assert lets_in(many[-1])
    assert not lets_in("https://one-too-many.example")
