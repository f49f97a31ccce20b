"""Finding a template, and deciding about it: what the pages say is what the documents say."""

import gzip
import io
import re
import tarfile
from decimal import Decimal

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from audit.models import PlatformEvent
from kernel.identifiers import new_id
from marketplace import reviews
from marketplace.models import RegionPrices, TemplateVersion
from marketplace.publishing import current_version, publish_catalogue, publish_signed, withdraw
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.marketplace.app_world import browser_of, text_of
from tests.marketplace.conftest import CATALOGUE, Maker, bent, new_maker, shipped

REASON = "Looked at it with the owner of the data."


@pytest.fixture(autouse=True)
def catalogue(transactional_db: None) -> None:
    publish_catalogue()


def shown(**query: str) -> set[str]:
    """The slugs on the catalogue's page, of those that ship with Gatehouse."""
    page = Client().get("/templates/", query).content.decode()
    ours = {file.stem for file in CATALOGUE.glob("*.json")}
    return set(re.findall(r'href="/templates/([a-z0-9-]+)/"', page)) & ours


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "photo"}, "team-photo-share"),
        ({"q": "PHOTO marketing"}, "team-photo-share"),
        ({"kind": "protected"}, "hr-document-intake"),
        ({"kind": "tables"}, "file-import"),
        ({"who": "public"}, "public-drop-box"),
        ({"may": "files:write", "where": "eu-west-1"}, "team-photo-share"),
    ],
)
def test_each_filter_finds_what_fits(query: dict[str, str], found: str) -> None:
    assert found in shown(**query)
    assert shown(**query) <= shown()


def test_a_filter_leaves_out_what_does_not_fit() -> None:
    assert "public-drop-box" not in shown(who="team")
    assert "team-photo-share" not in shown(kind="tables")
    assert shown(q="no template has these words") == set()
    cheap, all_of_them = shown(cost="100"), shown()
    assert cheap < all_of_them


def test_nothing_found_says_so_and_leads_back() -> None:
    page = text_of(Client().get("/templates/", {"q": "zzzz"}))
    assert "No template fits all of that" in page
    assert "Clear filters" in page


def test_an_address_with_unknown_filters_still_shows_templates() -> None:
    assert shown(kind="nonsense", cost="-1", may="<script>") == shown()


def page_of(slug: str, client: Client | None = None) -> str:
    answer: HttpResponse = (client or Client()).get(f"/templates/{slug}/")
    assert answer.status_code == 200
    return text_of(answer)


def test_the_page_of_a_shipped_template_tells_cost_places_audit_and_fingerprint() -> None:
    page = page_of("team-photo-share")
    version = current_version("team-photo-share")
    assert version is not None
    assert version.digest in page
    assert version.signature.partition(".")[0] in page
    assert "5 of 5 passed" in page
    assert "Frankfurt, Germany" in page
    assert "Dublin, Ireland" in page
    assert "How this is computed" in page
    assert "made by the platform team" in page.lower() or "the platform team," in page


def approved(maker: Maker, reviewer: User, content: dict[str, object], slug: str) -> TemplateVersion:
    handed_in = maker.draft({**content, "slug": slug, "name": f"Template {slug[:20]}"})
    with tenant_scope(maker.workspace.tenant_id):
        review = reviews.ask(handed_in, maker.membership)
    reviews.run(review.id)
    for finding in review.findings.filter(severity="high"):
        reviews.explain(finding.id, reviewer, "It was talked over with everybody.")
    return publish_signed(reviews.decide(review.id, reviewer, REASON, approve=True))


@pytest.fixture
def slug() -> str:
    return f"t-{new_id().hex}"


def test_a_reviewed_template_names_who_approved_it_and_why(maker: Maker, reviewer: User, slug: str) -> None:
    reviewer.name = "Rita Reviewer"
    reviewer.save()
    approved(maker, reviewer, shipped("form-attachments"), slug)
    page = page_of(slug)
    assert "Rita Reviewer" in page
    assert REASON in page


def test_a_newer_version_shows_what_it_gives_more_of(maker: Maker, reviewer: User, slug: str) -> None:
    approved(maker, reviewer, shipped("form-attachments"), slug)
    more = bent("form-attachments", {"version": "1.1.0", "uploads.max_bytes": 50_000_000, "tokens.ttl_seconds": 120})
    approved(maker, reviewer, more, slug)
    page = page_of(slug)
    assert "What changed since 1.0.0" in page
    assert re.search(r'Largest file <span class="pill warning">Gives more</span></th> <td>[^<]+</td> <td>50 MB', page)
    assert re.search(r"Access ends by itself after</th>", page)
    assert f"/templates/{slug}/versions/1.0.0/" in page
    older = text_of(Client().get(f"/templates/{slug}/versions/1.0.0/"))
    assert "New apps are made of another version" in older
    assert "Use this template" not in older


def test_a_withdrawn_template_says_why_and_offers_others(maker: Maker, reviewer: User, slug: str) -> None:
    version = approved(maker, reviewer, shipped("team-photo-share"), slug)
    withdraw(version, reviewer, "It kept photos too long.")
    page = page_of(slug)
    assert "It kept photos too long." in page
    others = page.partition("What you can use in its place")[2].partition("</ul>")[0]
    assert re.findall(r'<a href="/templates/[a-z0-9-]+/">', others)
    assert "Use this template" not in page
    member = browser_of(maker.user)
    assert member.get(f"/templates/{slug}/new/").status_code == 404


def test_a_version_whose_signature_was_forged_shows_nothing_but_the_refusal(
    maker: Maker, reviewer: User, slug: str
) -> None:
    version = approved(maker, reviewer, {**shipped("form-attachments"), "summary": "Words of a forger."}, slug)
    forged = version.signature[:40] + ("A" if version.signature[40] != "A" else "B") + version.signature[41:]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE marketplace_templateversion SET signature = %s WHERE id = %s", [forged, version.pk])
    answer = Client().get(f"/templates/{slug}/")
    assert answer.status_code == 409
    page = text_of(answer)
    assert f"{slug} can&#x27;t be used: It is not what was published." in page
    assert "Words of a forger." not in page
    assert browser_of(maker.user).get(f"/templates/{slug}/new/").status_code == 404


def test_a_templates_own_rules_leave_as_a_bundle_that_opa_reads(slug: str) -> None:
    answer = Client().get("/templates/invoice-inbox/versions/1.1.0/bundle.tar.gz")
    assert answer["Content-Type"] == "application/gzip"
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(answer.content))) as archive:
        names = [member.name.lstrip("/") for member in archive]
    assert ".manifest" in names
    assert any(name.endswith(".rego") for name in names)
    assert Client().get("/templates/team-photo-share/versions/1.0.0/bundle.tar.gz").status_code == 404
    assert Client().get(f"/templates/{slug}/versions/1.0.0/bundle.tar.gz").status_code == 404


@pytest.mark.parametrize("address", ["/templates/no-such/", "/templates/team-photo-share/versions/9.9.9/"])
def test_what_was_never_published_is_not_there(address: str) -> None:
    assert Client().get(address).status_code == 404


PRICES = {"region": "eu-central-1", "storage_gb_month": "1.5", "per_1000_writes": "0", "per_1000_reads": "0",
          "egress_gb": "0", "basis": "Our contract of 2026", "as_of": "2026-12-01"}  # fmt: skip


def platform_owner() -> User:
    return User.objects.create_superuser(f"{new_id().hex}@platform.example", "x")


def test_the_platforms_owner_sets_prices_and_every_estimate_follows() -> None:
    admin, before = browser_of(platform_owner()), page_of("team-photo-share")
    try:
        assert admin.post("/admin/marketplace/regionprices/add/", PRICES).status_code == 302
        after = page_of("team-photo-share")
        assert "Our contract of 2026" in after
        assert "€7.50" in after  # 5 GB at 1.50 a month
        assert "€7.50" not in before
        event = PlatformEvent.objects.filter(action="marketplace:prices:changed").latest("id")
        assert event.detail["storage_gb_month"] == "1.5"
        RegionPrices.objects.update(storage_gb_month=Decimal(3))
        assert "€15.00" in page_of("team-photo-share")
        admin.post("/admin/marketplace/regionprices/eu-central-1/delete/", {"post": "yes"})
        assert "Our contract of 2026" not in page_of("team-photo-share")
    finally:
        RegionPrices.objects.all().delete()


@pytest.mark.parametrize(("field", "value"), [("storage_gb_month", "-1"), ("basis", ""), ("region", "mars-1")])
def test_prices_that_are_none_are_refused(field: str, value: str) -> None:
    answer = browser_of(platform_owner()).post("/admin/marketplace/regionprices/add/", {**PRICES, field: value})
    assert answer.status_code == 200
    assert not RegionPrices.objects.exists()


def test_nobody_else_reaches_the_prices() -> None:
    owner = new_maker(Role.OWNER)
    for client in (Client(), browser_of(owner.user)):
        for address in ("", "add/", "eu-central-1/change/"):
            answer = client.get(f"/admin/marketplace/regionprices/{address}")
            assert answer.status_code in {302, 403, 404}
            assert answer.status_code != 302 or "/login/" in answer["Location"]
