"""The addresses of the catalogue, of authors, and of reviewers."""

from django.urls import path

from marketplace.views import catalogue, draft_steps, drafts, reviews, version_steps

urlpatterns = [
    path("templates/", catalogue.template_list, name="templates"),
    path("templates/<slug:slug>/", catalogue.template_detail, name="template"),
    path("templates/<slug:slug>/versions/<str:number>/", catalogue.template_version, name="template-version"),
    path(
        "templates/<slug:slug>/versions/<str:number>/bundle.tar.gz",
        catalogue.template_bundle,
        name="template-bundle",
    ),
    path("drafts/", drafts.draft_list, name="drafts"),
    path("drafts/new/app/", drafts.draft_from_app, name="draft-from-app"),
    path("drafts/new/form/", drafts.draft_from_form, name="draft-from-form"),
    path("drafts/new/yaml/", drafts.draft_from_yaml, name="draft-from-yaml"),
    path("drafts/<uuid:draft_id>/", drafts.draft_detail, name="draft"),
    path("drafts/<uuid:draft_id>/edit/", drafts.draft_edit, name="draft-edit"),
    path("drafts/<uuid:draft_id>/yaml/", drafts.draft_yaml, name="draft-yaml"),
    path("drafts/<uuid:draft_id>/rules/", draft_steps.draft_rules, name="draft-rules"),
    path("drafts/<uuid:draft_id>/rules/bundle/", draft_steps.draft_bundle_in, name="draft-bundle-in"),
    path("drafts/<uuid:draft_id>/bundle.tar.gz", draft_steps.draft_bundle_out, name="draft-bundle"),
    path("drafts/<uuid:draft_id>/fix/", draft_steps.draft_fix, name="draft-fix"),
    path("drafts/<uuid:draft_id>/submit/", draft_steps.draft_submit, name="draft-submit"),
    path("reviews/", reviews.review_list, name="reviews"),
    path("reviews/<uuid:review_id>/", reviews.review_detail, name="review"),
    path("reviews/<uuid:review_id>/again/", reviews.review_again, name="review-again"),
    path("reviews/<uuid:review_id>/decide/", reviews.review_decide, name="review-decide"),
    path("reviews/<uuid:review_id>/findings/<uuid:finding_id>/", reviews.review_explain, name="review-explain"),
    path("templates/<slug:slug>/urgent/", version_steps.version_urgent, name="template-urgent"),
    path(
        "templates/<slug:slug>/versions/<str:number>/withdraw/", version_steps.version_withdraw, name="version-withdraw"
    ),
    path("templates/<slug:slug>/versions/<str:number>/spread/", version_steps.version_spread, name="version-spread"),
]
