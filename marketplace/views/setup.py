"""Making an app: prefilled answers and one button, then five steps that go on by themselves.

Each answer takes the next step and offers a stream, so that the door goes on asking while somebody watches: a step that
is asked for can't be lost with a worker. Where a stream broke, the page asks anew; without JavaScript one button does
them all.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_ratelimit.core import is_ratelimited

from accounts.identity import signed_in_id
from kernel.errors import RATE_LIMITED, Problem
from marketplace import setups
from marketplace.access import member_page, membership_of
from marketplace.forms import NewAppForm
from marketplace.installing import checked
from marketplace.models import Setup, TemplateVersion
from marketplace.setting_rows import first_rows, fixed_rows, owners_of
from marketplace.views.templates import template_context, version_in_catalogue
from tenancy.models import Membership
from tenancy.roles import MAY_CREATE_APPS

_STEP_SECONDS = "0.1"
"""Between two steps: long enough to be seen, too short to be waited for."""


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def app_new(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; `?again=` prefills it with what an unfinished setup was asked for."""
    version, membership = version_in_catalogue(slug), membership_of(request)
    if membership is None or membership.role not in MAY_CREATE_APPS:
        raise Http404
    before = _before(request)
    form = NewAppForm(request.POST or None, document=version.document, workspace=membership.workspace, before=before)
    if request.method == "POST" and form.is_valid():
        begun = _begin(request, form, version, membership)
        if begun is not None:
            return redirect("setup", slug=begun.slug)
    context = {
        **template_context(version),
        "form": form,
        "owners": owners_of(membership.workspace_id),
        "owners_rows": first_rows(version.document),
        "fixed_rows": fixed_rows(version.document),
    }
    return render(request, "marketplace/app_new.html", context, status=422 if form.errors else 200)


@require_safe
@member_page
def setup_page(request: HttpRequest, slug: str) -> HttpResponse:
    """How far it is. Loading it again changes nothing; once it is done, it leads to the app."""
    setup = _setup(request, slug)
    return render(request, "marketplace/setup.html", _context(setup))


@require_POST
@member_page
def setup_next(request: HttpRequest, slug: str) -> HttpResponse:
    """The next step for a page that watches, and those after it as a stream; all of them for one without JavaScript."""
    setup = _setup(request, slug)
    if not request.headers.get("HX-Request"):
        return _rest(setup)
    setup = setups.advance(setup.pk)
    answer = render(request, "marketplace/_setup.html", {**_context(setup), "watched": True})
    answer["Cache-Control"] = "no-store"
    if setup.state == Setup.State.RUNNING:
        answer["Stream-Again"] = _STEP_SECONDS
    elif setup.state == Setup.State.DONE:
        answer["HX-Redirect"] = reverse("go", args=[setup.slug])
    return answer


@require_POST
@member_page
def setup_retry(request: HttpRequest, slug: str) -> HttpResponse:
    """Go on from the step that failed."""
    setups.retry(_setup(request, slug).pk)
    return redirect("setup", slug=slug)


def _rest(setup: Setup) -> HttpResponse:
    while setup.state == Setup.State.RUNNING:
        setup = setups.advance(setup.pk)
    return redirect("go" if setup.state == Setup.State.DONE else "setup", slug=setup.slug)


def _begin(request: HttpRequest, form: NewAppForm, version: TemplateVersion, membership: Membership) -> Setup | None:
    key, choices = form.cleaned_data["key"], form.choices()
    known: Setup | None = Setup.objects.filter(created_by_id=membership.user_id, key=key).first()
    if known is not None:
        return known
    if is_ratelimited(request, group="create-app", key="user", rate="30/h", increment=True):
        form.add_error(None, Problem(RATE_LIMITED, seconds="3,600").user_message)
        return None
    try:
        checked(version, membership, choices)
    except Problem as problem:
        form.add_error("name" if problem.type.code == "NAME_TAKEN" else None, problem.user_message)
        return None
    return setups.begin(version, membership, choices, key)


def _before(request: HttpRequest) -> dict[str, object]:
    again = Setup.objects.filter(slug=request.GET.get("again", ""), created_by_id=signed_in_id(request)).first()
    return dict(again.choices) if again else {}


def _setup(request: HttpRequest, slug: str) -> Setup:
    """The person's own setup at this address. Raises Http404 for anybody else's."""
    rows = Setup.objects.filter(slug=slug, created_by_id=signed_in_id(request))
    found: Setup | None = rows.select_related("version__template", "app").first()
    if found is None:
        raise Http404
    return found


def _context(setup: Setup) -> dict[str, object]:
    done, steps = setup.steps_done, []
    for index, step in enumerate(setups.STEPS):
        if index < done:
            steps.append(("done", step.done_words))
        elif index == done:
            steps.append(("failed" if setup.state == Setup.State.FAILED else "now", step.words))
        else:
            steps.append(("later", step.words))
    return {"setup": setup, "steps": steps, "step_number": min(done + 1, len(steps))}
