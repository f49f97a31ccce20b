"""Every problem of the catalogue with what lies behind it; the catalogue (`kernel/errors.py`) has its first words."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from kernel.errors import CATALOGUE, ProblemType
from kernel.language import said
from operations.help.errors_of_apps import ERRORS_OF_APPS
from operations.help.errors_of_files import ERRORS_OF_FILES
from operations.help.errors_of_requests import ERRORS_OF_REQUESTS
from operations.help.remedy import ErrorHelp, Words

ERROR_HELP: Mapping[str, ErrorHelp] = {**ERRORS_OF_FILES, **ERRORS_OF_APPS, **ERRORS_OF_REQUESTS}

WHO: Mapping[str, Words] = {
    "you": _("You can do this yourself."),
    "nobody": _("Nobody needs to do anything."),
    "app": _("The page does this by itself; a program of your own does it in code."),
    "app_owner": _("The owner of the app can help."),
    "workspace_owner": _("An owner of the workspace can help."),
    "platform_owner": _("The platform team can help."),
    "developer": _("Whoever wrote the program that asked can help."),
}

_EXAMPLE = {
    "name": "Holiday.mov",
    "size": "212 MB",
    "limit": "15 MB",
    "app": "Team Photos",
    "seconds": "12",
    "until": "1 March 2030",
    "of": "Trip photos",
    "count": "10,000",
    "place": "Germany",
    "workspace": "Acme Marketing",
    "reference": "R-7K2F9C",
    "types": "a JPG, PNG, HEIC or WEBP photo",
    "type": "a film",
    "state": "cancelled",
    "action": "list files",
    "method": "PUT",
    "detail": "name is missing.",
    "reason": "drawings only on weekdays.",
    "why": "a finding is still open.",
    "missing": "the search for personal data",
}
"""Facts that stand in for those of a real moment, so that the words read as people meet them."""


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """All that the page of one error says."""

    problem: ProblemType
    help: ErrorHelp

    @property
    def example(self) -> str:
        """The words as a person meets them, with facts of an example."""
        return self.problem.words_for(_EXAMPLE)

    @property
    def who(self) -> Words:
        """Who can help."""
        return WHO[self.problem.remedy.who]

    @property
    def retry(self) -> Words:
        """Whether the same again helps, and when."""
        if not self.problem.retryable:
            return _("Trying the same again doesn't help. The SDKs don't.")
        if self.problem.retry_after_s is None:
            return _("Trying again may help. The SDKs do it by themselves, a few times.")
        return _("Trying again helps after %(seconds)s s or more. Pages and SDKs wait by themselves.") % {
            "seconds": self.problem.retry_after_s
        }


def error_page(code: str) -> ErrorPage | None:
    """The page of one code of the catalogue; None for anything else."""
    problem = CATALOGUE.get(code)
    return ErrorPage(problem, ERROR_HELP.get(code) or _from_its_words(problem)) if problem else None


def _from_its_words(problem: ProblemType) -> ErrorHelp:
    """For a code that nobody has explained further: its own title and its button."""
    return ErrorHelp(f"{said(problem.title)}.", (f"{said(problem.remedy.label)}.",))


def error_pages() -> list[ErrorPage]:
    """All of them, in the order of the alphabet."""
    return [page for page in map(error_page, sorted(CATALOGUE)) if page]
