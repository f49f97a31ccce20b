"""Telling an app's owner and its maker what became of an upload that isn't a file: refused, or waiting for a person."""

from django.urls import reverse

from kernel.errors import CATALOGUE, Problem
from notices import telling
from storage.models import Upload
from storage.states import UploadState

_TELLERS = {UploadState.REJECTED: telling.file_rejected, UploadState.HELD: telling.file_held}


def tell_of(upload: Upload) -> None:
    """Tell of an upload that was refused or is held; of any other state nothing is told.

    Must run in the tenant's scope, in the transaction of the step. A second time tells nobody again.
    """
    tell = _TELLERS.get(UploadState(upload.state))
    if tell is not None:
        tell(upload.app, upload.pk, name=upload.name, reason=_reason(upload), href=_page(upload))


def _page(upload: Upload) -> str:
    """Where its owner decides, or sees what was found."""
    if upload.state == UploadState.HELD:
        return reverse("app-quarantine", args=[upload.app.slug])
    return reverse("app-file", args=[upload.app.slug, upload.pk])


def _reason(upload: Upload) -> Problem | str:
    problem = CATALOGUE.get(upload.problem_code)
    return Problem.of(problem, upload.problem_facts) if problem else ""
