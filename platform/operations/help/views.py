"""The help pages. Anyone may read them: an error can meet somebody who isn't signed in."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from operations.help import recipe
from operations.help.remedies import error_page, error_pages

_PICTURES = {"de": "help/de/"}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Where help begins."""
    return render(request, "help/index.html")


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """From nothing to a safe upload, in pictures of the reader's language where there are some."""
    pictures = _PICTURES.get(get_language() or "", "help/")
    return render(request, "help/guide.html", {"pictures": pictures})


@require_safe
def no_code(request: HttpRequest) -> HttpResponse:
    """Recipes for websites and tools in which nobody writes code."""
    site = request.build_absolute_uri("/").rstrip("/")
    return render(request, "help/no_code.html", {"steps": recipe.steps(), "site": site})


@require_safe
def errors(request: HttpRequest) -> HttpResponse:
    """Every error, by its code."""
    return render(request, "help/errors.html", {"pages": error_pages()})


@require_safe
def error(request: HttpRequest, code: str) -> HttpResponse:
    """One error; a code in small letters leads to its page."""
    page = error_page(code)
    if page is None and error_page(code.upper()):
        return redirect("help-error", code=code.upper())
    if page is None:
        raise Http404
    return render(request, "help/error.html", {"page": page})
