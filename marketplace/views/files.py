"""`/apps/<app>/files/`: an app's files, a folder at a time."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kernel.errors import Problem
from marketplace.access import app_for, member_page
from marketplace.app_forms import FilesForm
from marketplace.app_page import uploads_of
from marketplace.file_list import file_list
from marketplace.installations import policy_of
from marketplace.showing import shows_files
from storage.states import IN_FLIGHT
from tenancy.roles import MAY_SEE_APP_PAGES


@require_safe
@member_page
def app_files(request: HttpRequest, slug: str) -> HttpResponse:
    """One page of one folder; the filter stands in the address, so it can be shared."""
    app = app_for(request, slug, MAY_SEE_APP_PAGES)
    form = FilesForm(request.GET or None)
    path, after = request.GET.get("path", ""), request.GET.get("after", "")
    try:
        listed = file_list(app, path, form.wish(), after)
    except Problem as problem:
        raise Http404 from problem
    uploads = [] if after or path else uploads_of(app)
    kept = {name: request.GET[name] for name in ("begins", "sort") if request.GET.get(name)}
    context = {
        "app": app,
        "form": form,
        "listed": listed,
        "kept": kept,
        "uploads": uploads,
        "shows_files": shows_files(policy_of(app)),
        "pending": any(row.state in IN_FLIGHT for row in uploads),
    }
    return render(request, "marketplace/app_files.html", context)
