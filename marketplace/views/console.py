"""`/apps/<app>/try/`: try an app's operations in place, see the exact calls, watch what each key did."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.identity import signed_in_id
from marketplace.access import app_for, member_page
from marketplace.consent_words import consent_words
from marketplace.console import Console, trail
from marketplace.installations import actions_for, policy_of
from tenancy.memberships import in_workspace
from tenancy.roles import MAY_SEE_APP_PAGES, Role


@require_safe
@member_page
def console_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole page."""
    app = app_for(request, slug, MAY_SEE_APP_PAGES)
    person, policy = signed_in_id(request), policy_of(app)
    membership = in_workspace(person, app.workspace_id)
    actions = actions_for(policy, Role(membership.role)) if membership else frozenset()
    context = {
        "app": app,
        "console": Console.of(app, actions, person),
        "consent": consent_words(app, policy),
        "policy": policy,
        "types": policy.document.uploads.types,
        "rows": trail(app),
    }
    return render(request, "marketplace/console.html", context)


@require_safe
@member_page
def console_trail(request: HttpRequest, slug: str) -> HttpResponse:
    """The part that changes by itself, as a stream while somebody looks; the page marks what its own key did."""
    app = app_for(request, slug, MAY_SEE_APP_PAGES)
    answer = render(request, "marketplace/_console_trail.html", {"app": app, "rows": trail(app)})
    answer["Cache-Control"] = "no-store"
    answer["Stream-Again"] = "1"
    return answer
