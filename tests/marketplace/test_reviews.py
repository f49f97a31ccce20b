"""From a draft to a published template: who may do what, and what stands in the way (attack 55)."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import User
from audit.models import PlatformEvent
from kernel.errors import Problem
from kernel.identifiers import new_id
from marketplace import draft, reviews
from marketplace.models import Review, ReviewFinding, Template, TemplateDraft
from marketplace.publishing import NotPublishableError, current_version, publish_signed
from marketplace.review.patches import PatchError
from policy.rego import asking
from tenancy.scoping import tenant_scope
from tests.marketplace.conftest import Maker, bent, new_maker, shipped

GOOD = shipped("form-attachments")
RISKY = bent("public-drop-box", {"captcha": ...})
REASON = "Looked at it with the owner of the data."


def refusal(review: Review, person: User, reason: str = REASON, *, approve: bool = True) -> str:
    with pytest.raises(Problem) as problem:
        reviews.decide(review.id, person, reason, approve=approve)
    assert Review.objects.get(pk=review.id).decided_at is None
    return problem.value.user_message


def test_a_good_template_is_looked_at_approved_and_published(maker: Maker, reviewer: User) -> None:
    review = reviews.run(maker.ask(GOOD).id)
    assert review.state == Review.State.ANALYSED
    assert review.risk_score == 0
    assert all(line["in_order"] for line in review.checklist)
    approved = reviews.decide(review.id, reviewer, REASON, approve=True)
    version = publish_signed(approved)
    assert version.document.slug == review.content["slug"]
    assert current_version(version.template.slug) == version
    assert version.template.owner_tenant == maker.workspace.tenant_id
    assert publish_signed(approved) == version


def test_every_step_is_on_the_record(maker: Maker, reviewer: User) -> None:
    review = reviews.run(maker.ask(GOOD).id)
    publish_signed(reviews.decide(review.id, reviewer, REASON, approve=True))
    steps = PlatformEvent.objects.filter(detail__template=review.content["slug"]).order_by("id")
    assert [step.action for step in steps] == [
        "marketplace:review:asked", "marketplace:review:analysed", "marketplace:review:decided",
    ]  # fmt: skip
    published = PlatformEvent.objects.get(subject=f"template:{review.content['slug']}")
    assert published.detail["review"] == str(review.id)
    assert steps[2].detail["reason"] == REASON


def test_nothing_is_approved_before_the_machine_looked(maker: Maker, reviewer: User) -> None:
    assert "the machine has not looked at it" in refusal(maker.ask(GOOD), reviewer)


def test_a_high_finding_stands_in_the_way_until_it_is_explained(maker: Maker, reviewer: User) -> None:
    review = reviews.run(maker.ask(RISKY).id)
    assert "1 high finding has no explanation." in refusal(review, reviewer)
    high = review.findings.get(severity="high")
    reviews.explain(high.id, reviewer, "Only staff of the library get the link.")
    assert reviews.decide(review.id, reviewer, REASON, approve=True).state == Review.State.APPROVED


def test_a_risky_template_may_be_declined_without_explaining(maker: Maker, reviewer: User) -> None:
    review = reviews.run(maker.ask(RISKY).id)
    declined = reviews.decide(review.id, reviewer, "Nothing keeps robots out.", approve=False)
    assert declined.state == Review.State.DECLINED
    with pytest.raises(NotPublishableError):
        publish_signed(declined)


def test_an_author_cannot_decide_or_explain_even_as_platform_staff(maker: Maker) -> None:
    maker.user.is_staff = True
    maker.user.save()
    review = reviews.run(maker.ask(RISKY).id)
    assert "its author can't decide about it" in refusal(review, maker.user)
    with pytest.raises(Problem, match="author"):
        reviews.explain(review.findings.get(severity="high").id, maker.user, REASON)


def test_the_database_refuses_an_authors_own_approval_too(maker: Maker) -> None:
    review = reviews.run(maker.ask(GOOD).id)
    with pytest.raises(IntegrityError, match="review_is_not_ones_own"), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(decided_by=maker.user)
    with pytest.raises(IntegrityError, match="review_is_decided_by_someone"), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(state="approved")


def test_only_the_platforms_people_decide(maker: Maker, reviewer: User) -> None:
    review = reviews.run(maker.ask(GOOD).id)
    outsider, former = new_maker().user, reviewer
    former.is_active = False
    for person in (outsider, former):
        with pytest.raises(Problem) as problem:
            reviews.decide(review.id, person, REASON, approve=True)
        assert problem.value.type.code == "NOT_ALLOWED"


@pytest.mark.parametrize("reason", ["", "   ", "ok", "fine    \n"])
def test_a_decision_needs_a_reason_that_others_understand(maker: Maker, reviewer: User, reason: str) -> None:
    assert "give a reason" in refusal(reviews.run(maker.ask(GOOD).id), reviewer, reason)


def test_a_decision_is_made_once(maker: Maker, reviewer: User) -> None:
    review = reviews.run(maker.ask(GOOD).id)
    reviews.decide(review.id, reviewer, REASON, approve=False)
    with pytest.raises(Problem, match="declined already"):
        reviews.decide(review.id, reviewer, REASON, approve=True)


def test_a_review_or_finding_that_is_not_there_is_not_found(reviewer: User) -> None:
    for step in (lambda: reviews.decide(new_id(), reviewer, REASON, approve=True),
                 lambda: reviews.explain(new_id(), reviewer, REASON)):  # fmt: skip
        with pytest.raises(Problem) as problem:
            step()
        assert problem.value.type.code == "NOT_FOUND"


def test_an_analysis_that_fails_blocks_approval_and_can_be_tried_again(maker: Maker, reviewer: User) -> None:
    review = maker.ask({**GOOD, "rego": "package gatehouse.template\nallow := true\n"})
    asking.local.cache_clear()
    asking.inspector.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("policy.rego.children.Child", _never_starts)
        failed = reviews.run(review.id)
        assert failed.state == Review.State.FAILED
        assert "or could not" in refusal(failed, reviewer)
    assert reviews.run(review.id).state == Review.State.ANALYSED


def _never_starts() -> None:
    raise OSError("no process can be started")


def test_looking_twice_finds_once(maker: Maker) -> None:
    review = reviews.run(maker.ask(RISKY).id)
    before = review.findings.count()
    assert reviews.run(review.id).findings.count() == before


def test_handing_in_anew_ends_the_earlier_review(maker: Maker, reviewer: User) -> None:
    first = reviews.run(maker.ask(GOOD).id)
    with tenant_scope(maker.workspace.tenant_id):
        handed_in = TemplateDraft.objects.get(pk=first.draft)
        second = reviews.ask(handed_in, maker.membership)
    assert Review.objects.get(pk=first.id).state == Review.State.SUPERSEDED
    assert second.state == Review.State.WAITING
    with pytest.raises(Problem, match="handed in anew already"):
        reviews.decide(first.id, reviewer, REASON, approve=True)


def test_a_change_after_handing_in_is_not_what_was_approved(maker: Maker, reviewer: User) -> None:
    review = reviews.run(maker.ask(GOOD).id)
    with tenant_scope(maker.workspace.tenant_id):
        handed_in = TemplateDraft.objects.get(pk=review.draft)
        draft.change(handed_in, {**handed_in.content, "summary": "Something else."}, maker.membership)
    version = publish_signed(reviews.decide(review.id, reviewer, REASON, approve=True))
    assert version.document.summary == GOOD["summary"]


def test_what_was_handed_in_cannot_be_changed_in_the_database(maker: Maker) -> None:
    review = maker.ask(GOOD)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(content={**review.content, "summary": "Other"})


def test_nobody_takes_anothers_template(maker: Maker, reviewer: User) -> None:
    publish_signed(reviews.decide(reviews.run(maker.ask(GOOD).id).id, reviewer, REASON, approve=True))
    slug = Template.objects.filter(owner_tenant=maker.workspace.tenant_id).get().slug
    stranger = new_maker()
    for taken in (slug, "team-photo-share"):
        Template.objects.get_or_create(slug=taken)
        handed_in = stranger.draft({**GOOD, "slug": taken})
        with tenant_scope(stranger.workspace.tenant_id), pytest.raises(Problem) as problem:
            reviews.ask(handed_in, stranger.membership)
        assert problem.value.type.code == "NAME_TAKEN"


def test_a_next_version_has_a_higher_number(maker: Maker, reviewer: User) -> None:
    first = reviews.run(maker.ask({**GOOD, "version": "1.2.0"}).id)
    publish_signed(reviews.decide(first.id, reviewer, REASON, approve=True))
    with tenant_scope(maker.workspace.tenant_id):
        handed_in = TemplateDraft.objects.get(pk=first.draft)
        for version, is_taken in (("1.1.9", False), ("1.10.0", True)):
            draft.change(handed_in, {**handed_in.content, "version": version}, maker.membership)
            review = reviews.decide(
                reviews.run(reviews.ask(handed_in, maker.membership).id).id, reviewer, REASON, approve=True
            )
            if is_taken:
                assert publish_signed(review).version == version
            else:
                with pytest.raises(NotPublishableError, match="newer version"), transaction.atomic():
                    publish_signed(review)


def test_a_fix_is_applied_by_one_call_and_the_finding_is_gone(maker: Maker) -> None:
    review = reviews.run(maker.ask(RISKY).id)
    high = review.findings.get(severity="high")
    with tenant_scope(maker.workspace.tenant_id):
        handed_in = TemplateDraft.objects.get(pk=review.draft)
        fixed = draft.apply_fix(handed_in, high, maker.membership)
        assert fixed.document.captcha == "proof_of_work"
        again = reviews.run(reviews.ask(fixed, maker.membership).id)
    assert not again.findings.filter(code=high.code).exists()


def test_a_fix_belongs_to_its_draft(maker: Maker) -> None:
    review = reviews.run(maker.ask(RISKY).id)
    stranger = new_maker()
    other = stranger.draft({**GOOD, "slug": f"t-{new_id().hex}"})
    with tenant_scope(stranger.workspace.tenant_id), pytest.raises(Problem):
        draft.apply_fix(other, review.findings.get(severity="high"), stranger.membership)


def test_a_fix_for_what_is_no_longer_there_changes_nothing(maker: Maker) -> None:
    review = reviews.run(maker.ask(bent("team-photo-share", {"origins": ["http://shop.example"]})).id)
    finding = review.findings.get(code="WEBSITE_NOT_ENCRYPTED")
    with tenant_scope(maker.workspace.tenant_id):
        handed_in = TemplateDraft.objects.get(pk=review.draft)
        draft.change(handed_in, {key: value for key, value in handed_in.content.items() if key != "origins"},
                     maker.membership)  # fmt: skip
        with pytest.raises(PatchError):
            draft.apply_fix(handed_in, finding, maker.membership)


def test_drafts_of_another_organisation_are_not_there(maker: Maker) -> None:
    own = maker.draft({**GOOD, "slug": f"t-{new_id().hex}"})
    stranger = new_maker()
    with tenant_scope(stranger.workspace.tenant_id):
        assert not TemplateDraft.objects.filter(pk=own.pk).exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM marketplace_templatedraft WHERE id = %s", [own.pk])
            assert cursor.fetchone() == (0,)


def test_a_models_finding_can_have_no_fix_in_the_database_either(maker: Maker) -> None:
    review = maker.ask(GOOD)
    fix = [{"op": "remove", "path": "/captcha"}]
    with pytest.raises(IntegrityError, match="finding_of_a_model_has_no_fix"), transaction.atomic():
        ReviewFinding.objects.create(review=review, source="model", severity="low", code="X", words="x", fix=fix)
