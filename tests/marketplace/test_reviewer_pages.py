"""Reviewing through the pages: who may, what stands in the way, two at once, and what is published in the end."""

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from kernel.identifiers import new_id
from marketplace import reviews, tasks
from marketplace.installing import Choices, install
from marketplace.models import Installation, Review, TemplateVersion, VersionChange
from marketplace.publishing import current_version
from notices.models import Notice
from policy.rego import asking
from tenancy.models import MicroApp
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.marketplace.app_world import browser_of, text_of
from tests.marketplace.conftest import Maker, bent, new_maker, shipped

REASON = "Looked at it with the owner of the data."
GOOD = shipped("form-attachments")
RISKY = bent("public-drop-box", {"captcha": ...})


class Reviewer:
    """Somebody of the platform team at a browser."""

    def __init__(self, user: User) -> None:
        self.user, self.browser = user, browser_of(user)

    def page(self, review: Review) -> str:
        answer = self.browser.get(f"/reviews/{review.pk}/")
        assert answer.status_code == 200
        return text_of(answer)

    def decide(self, review: Review, decision: str = "approve", reason: str = REASON, **more: str) -> str:
        content = {"decision": decision, "reason": reason, **more}
        answer: HttpResponse = self.browser.post(f"/reviews/{review.pk}/decide/", content, follow=True)
        return text_of(answer)

    def explain(self, review: Review, reason: str) -> str:
        finding = review.findings.get(severity="high")
        address = f"/reviews/{review.pk}/findings/{finding.pk}/"
        return text_of(self.browser.post(address, {"reason": reason}, follow=True))


@pytest.fixture
def desk(reviewer: User) -> Reviewer:
    return Reviewer(reviewer)


def looked_at(maker: Maker, content: dict[str, Any]) -> Review:
    return reviews.run(maker.ask(content).id)


def published(review: Review) -> TemplateVersion | None:
    return current_version(review.content["slug"])


def test_the_queue_shows_what_waits_and_what_was_decided(maker: Maker, desk: Reviewer) -> None:
    review = looked_at(maker, GOOD)
    assert f"/reviews/{review.pk}/" in text_of(desk.browser.get("/reviews/"))
    desk.decide(review, "decline", "Another template does this already.")
    page = text_of(desk.browser.get("/reviews/"))
    assert "“Another template does this already.”" in page


def test_a_good_template_is_approved_published_and_signed_by_one_button(maker: Maker, desk: Reviewer) -> None:
    review = looked_at(maker, GOOD)
    page = desk.page(review)
    assert "Risk 0 of 100" in page
    assert "Approve and publish" in page
    assert "is published and signed." in desk.decide(review)
    version = published(review)
    assert version is not None
    assert version.signature
    assert REASON in text_of(Client().get(f"/templates/{version.template.slug}/"))
    author = browser_of(maker.user)
    assert REASON in text_of(author.get(f"/drafts/{review.draft}/"))


def test_a_high_finding_is_shown_with_evidence_and_blocks_until_it_is_explained(maker: Maker, desk: Reviewer) -> None:
    review = looked_at(maker, RISKY)
    page = desk.page(review)
    assert "A high finding has no explanation." in page
    assert "Approve and publish" not in page
    assert "40 each" in page
    assert "1 high finding has no explanation." in desk.decide(review)
    assert "give a reason that others will understand" in desk.explain(review, "ok")
    assert "Explained. It is on the record." in desk.explain(review, "Only staff of the library get the link.")
    assert "is published and signed." in desk.decide(review)
    assert published(review) is not None


def test_what_was_found_is_read_in_the_readers_language(maker: Maker, reviewer: User) -> None:
    review = looked_at(maker, bent("public-drop-box", {"uploads.max_bytes": 500_000_000, "captcha": ...}))
    browser = browser_of(reviewer)
    address = f"/reviews/{review.pk}/"
    page = text_of(browser.get(address, headers={"Accept-Language": "de"}))
    assert "Alle dürfen Dateien von 500 MB hochladen. Für Fremde sind 100 MB üblich." in page
    assert "1 Befund der Stufe hoch, je 40: 40" in page
    assert "are the norm for strangers" not in page
    assert "500 MB. 100 MB are the norm for strangers." in text_of(browser.get(address))


def test_a_review_from_before_facts_were_kept_reads_as_it_was_written(maker: Maker, desk: Reviewer) -> None:
    review = looked_at(maker, RISKY)
    review.findings.update(words="Say it with {workspace}.", facts={})
    review.risk_words, line = ["1 high finding, 40 each: 40"], {"item": "limits", "in_order": False, "words": "Robots."}
    review.checklist = [line]
    review.save(update_fields=["risk_words", "checklist"])
    page = desk.page(review)
    assert all(words in page for words in ("Say it with {workspace}.", "1 high finding, 40 each: 40", "Robots."))


def test_declining_needs_a_reason_and_the_author_reads_it(maker: Maker, desk: Reviewer) -> None:
    review = looked_at(maker, RISKY)
    assert "give a reason that others will understand" in desk.decide(review, "decline", "no")
    assert "Declined. Its author reads why." in desk.decide(review, "decline", "Nothing keeps robots out.")
    assert "Nothing keeps robots out." in text_of(browser_of(maker.user).get(f"/drafts/{review.draft}/"))
    assert published(review) is None


def test_nothing_is_approved_while_the_machine_has_not_looked_or_could_not(
    maker: Maker, desk: Reviewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = maker.ask(GOOD)
    assert "The machine has not looked at it yet." in desk.page(review)
    assert "the machine has not looked at it" in desk.decide(review)
    with monkeypatch.context() as broken:
        broken.setattr(asking, "local", lambda: (_ for _ in ()).throw(RuntimeError))
        broken.setattr(reviews, "analysed", lambda subject: 1 / 0)
        reviews.run(review.id)
    page = desk.page(review)
    assert "The machine could not look at it" in page
    assert "Approve and publish" not in page
    assert "or could not" in desk.decide(review)
    desk.browser.post(f"/reviews/{review.pk}/again/")
    tasks.analyse(str(review.pk))
    assert "Approve and publish" in desk.page(review)


def test_nobody_decides_about_their_own_template(maker: Maker) -> None:
    maker.user.is_staff = True
    maker.user.save()
    own, review = Reviewer(maker.user), looked_at(maker, RISKY)
    page = own.page(review)
    assert "You made this template. Another person of the platform team decides." in page
    assert "/decide/" not in page
    assert "its author can&#x27;t decide about it" in own.decide(review)
    assert "its author can&#x27;t decide about it" in own.explain(review, "I know what I am doing.")
    assert published(review) is None


def at_once(*does: Callable[[], Any]) -> None:
    def run(do: Callable[[], Any]) -> None:
        do()
        connections.close_all()

    threads = [threading.Thread(target=run, args=(do,)) for do in does]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_of_two_reviewers_at_once_one_decides_and_the_other_is_told(maker: Maker, desk: Reviewer) -> None:
    review = looked_at(maker, GOOD)
    other = Reviewer(User.objects.create_user(f"{new_id().hex}@platform.example", is_staff=True))
    said: list[str] = []
    at_once(
        lambda: said.append(desk.decide(review)),
        lambda: said.append(other.decide(review, "decline", "It does too much at once.")),
    )
    review.refresh_from_db()
    assert review.state in {"approved", "declined"}
    assert (published(review) is not None) == (review.state == "approved")
    assert sum("can&#x27;t be decided on yet: it is" in page for page in said) == 1
    assert TemplateVersion.objects.filter(review=review).count() <= 1


def test_a_lower_number_than_what_is_there_is_neither_approved_nor_published(maker: Maker, desk: Reviewer) -> None:
    first = looked_at(maker, GOOD | {"version": "2.0.0"})
    desk.decide(first)
    older = second(maker, first, version="1.9.0")
    assert "A newer version than 1.9.0 is published." in desk.decide(older)
    older.refresh_from_db()
    assert older.state == "analysed"


def second(maker: Maker, first: Review, **changes: Any) -> Review:
    """Another version of the same template, looked at."""
    handed_in = maker.draft(first.content | {"version": "1.1.0"} | changes)
    with tenant_scope(maker.workspace.tenant_id):
        review = reviews.ask(handed_in, maker.membership)
    return reviews.run(review.id)


def test_the_difference_to_what_is_published_stands_on_the_page(maker: Maker, desk: Reviewer) -> None:
    first = looked_at(maker, GOOD)
    desk.decide(first)
    more = second(maker, first, quota=GOOD["quota"] | {"app_bytes": 90_000_000_000})
    page = desk.page(more)
    assert "What changes since 1.0.0" in page
    assert re.search(r'Space <span class="pill warning">Gives more</span></th> <td>5 GB</td> <td>90 GB', page)


def test_markup_in_a_handed_in_name_is_text(maker: Maker, desk: Reviewer) -> None:
    handed_in = maker.draft(GOOD | {"slug": f"t-{new_id().hex}", "name": "<img src=x onerror=alert(1)>"})
    with tenant_scope(maker.workspace.tenant_id):
        review = reviews.run(reviews.ask(handed_in, maker.membership).id)
    for page in (desk.page(review), text_of(desk.browser.get("/reviews/"))):
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page


@pytest.mark.parametrize("role", list(Role))
def test_reviews_are_there_for_the_platforms_people_alone(maker: Maker, role: Role) -> None:
    review = looked_at(maker, GOOD)
    browser = browser_of(new_maker(role).user)
    for address in ("", f"{review.pk}/"):
        assert browser.get(f"/reviews/{address}").status_code == 404
        assert "/accounts/login/" in Client().get(f"/reviews/{address}")["Location"]
    for step in ("decide/", "again/", f"findings/{new_id()}/"):
        answer = browser.post(f"/reviews/{review.pk}/{step}", {"decision": "approve", "reason": REASON})
        assert answer.status_code == 404
    assert published(review) is None
    for step in ("withdraw/", "spread/"):
        assert browser.post(f"/templates/a/versions/1.0.0/{step}", {"reason": REASON}).status_code == 404
    assert browser.get("/templates/team-photo-share/urgent/").status_code == 404


class Installed:
    """An app of a version that somebody else reviewed, in a workspace of its own."""

    def __init__(self, version: TemplateVersion) -> None:
        self.owner = new_maker(Role.OWNER)
        with tenant_scope(self.owner.workspace.tenant_id):
            self.app: MicroApp = install(version, self.owner.membership, Choices("Ours", "eu-central-1"))

    def installation(self) -> Installation:
        with tenant_scope(self.owner.workspace.tenant_id):
            found: Installation = Installation.objects.select_related("version").get(app=self.app)
            return found

    def notices(self) -> list[Notice]:
        with tenant_scope(self.owner.workspace.tenant_id):
            return list(Notice.objects.order_by("id"))


@pytest.fixture
def version(maker: Maker, desk: Reviewer) -> TemplateVersion:
    review = looked_at(maker, GOOD)
    desk.decide(review)
    found = published(review)
    assert found is not None
    return found


def address_of(version: TemplateVersion, step: str) -> str:
    return f"/templates/{version.template.slug}/{step}"


@pytest.mark.usefixtures("alone")
def test_an_urgent_version_takes_away_at_once_and_moves_every_app(desk: Reviewer, version: TemplateVersion) -> None:
    apps = [Installed(version), Installed(version)]
    page = text_of(desk.browser.get(address_of(version, "urgent/")))
    assert "It may only take away." in page
    wish = {"max_mb": "2", "token_seconds": "60", "captcha": "on", "reason": "Robots fill it with junk."}
    answer = desk.browser.post(address_of(version, "urgent/"), wish, follow=True)
    assert "is published. Every app is moved to it now" in text_of(answer)
    newest = current_version(version.template.slug)
    assert newest is not None
    assert newest.version == "1.0.1"
    assert newest.document.uploads.max_bytes == 2_000_000
    assert newest.document.captcha == "proof_of_work"
    assert newest.document.downloads.url_ttl_seconds <= newest.document.tokens.ttl_seconds == 60
    tasks.spread(str(newest.pk), str(desk.user.pk), "Robots fill it with junk.")
    tasks.spread(str(newest.pk), str(desk.user.pk), "Robots fill it with junk.")
    for one in apps:
        assert one.installation().version == newest
        (told,) = [notice for notice in one.notices() if notice.kind == "app.updated"]
        assert "Robots fill it with junk." in told.type.words_for(told.facts)
        with tenant_scope(one.owner.workspace.tenant_id):
            assert VersionChange.objects.get(app=one.app).kind == "emergency"


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"max_mb": "5000"}, "Largest file"),
        ({"token_seconds": "599"}, "Access ends by itself after"),
        ({}, "This changes nothing."),
        ({"max_mb": "1", "reason": "quick"}, "Give a reason that others will understand"),
        ({"token_seconds": "5"}, "greater than or equal to 30"),
    ],
)
def test_an_urgent_version_that_gives_more_or_nothing_is_refused(
    desk: Reviewer, version: TemplateVersion, wish: dict[str, str], words: str
) -> None:
    answer = desk.browser.post(address_of(version, "urgent/"), {"reason": "Robots fill it with junk."} | wish)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert current_version(version.template.slug) == version


@pytest.mark.usefixtures("alone")
def test_an_approved_version_may_be_urgent_too(
    maker: Maker, desk: Reviewer, version: TemplateVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, ...]] = []
    monkeypatch.setattr("marketplace.handing_over._send", lambda *facts: sent.append(facts))
    app = Installed(version)
    review = second(maker, Review.objects.get(published=version), summary="Safer than before.")
    assert "Its apps are moved now" in desk.decide(review, urgent="1")
    newest = current_version(version.template.slug)
    assert newest is not None
    ((_, version_id, person_id, reason),) = [facts for facts in sent if facts[0] == "marketplace.spread"]
    assert (version_id, person_id, reason) == (str(newest.pk), str(desk.user.pk), REASON)
    tasks.spread(version_id, person_id, reason)
    assert app.installation().version == newest


@pytest.mark.usefixtures("alone")
def test_a_withdrawn_version_makes_no_more_apps_and_owners_are_told_once(
    desk: Reviewer, version: TemplateVersion
) -> None:
    app = Installed(version)
    step = address_of(version, "versions/1.0.0/withdraw/")
    assert "Give a reason that the owners of apps will understand." in text_of(
        desk.browser.post(step, {"reason": "bad"}, follow=True)
    )
    page = text_of(desk.browser.post(step, {"reason": "It let in what it should not."}, follow=True))
    assert "Withdrawn. The owners of its apps are told." in page
    tasks.tell_withdrawn(str(version.pk))
    tasks.tell_withdrawn(str(version.pk))
    (told,) = app.notices()
    assert "It let in what it should not." in told.type.words_for(told.facts)
    assert app.installation().version == version
    assert browser_of(app.owner.user).get(address_of(version, "new/")).status_code == 404
    inbox = text_of(browser_of(app.owner.user).get("/notices/"))
    assert f"/templates/{version.template.slug}/versions/1.0.0/" in inbox


def test_every_app_can_be_moved_to_a_version_from_its_page(desk: Reviewer, version: TemplateVersion) -> None:
    step = address_of(version, "versions/1.0.0/spread/")
    answer = desk.browser.post(step, {"reason": "A bug in the older one."}, follow=True)
    assert "is moved now; their owners are told." in text_of(answer)
    assert "Publish as urgent" in text_of(desk.browser.get(address_of(version, "")))
    assert "Publish as urgent" not in text_of(Client().get(address_of(version, "")))
