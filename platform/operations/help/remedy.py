"""What lies behind one problem of the catalogue, and the steps that more than one problem shares."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True, slots=True)
class ErrorHelp:
    """Why it happens, and the steps that help, first the one that most people need."""

    why: Words
    steps: tuple[Words, ...]


ASK_WHO_SHARED = _("Ask the person who gave you the link.")
NOTHING_TO_DO = _("There is nothing to do: the page goes on by itself.")
SAME_AGAIN = _("Press Try again. Nothing is stored twice.")
PLATFORM_TEAM = _("If it stays so for more than ten minutes, tell the platform team the reference on the page.")
