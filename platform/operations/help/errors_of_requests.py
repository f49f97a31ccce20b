"""What helps when access has ended, or a request can't be carried out."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from operations.help.remedy import NOTHING_TO_DO, PLATFORM_TEAM, SAME_AGAIN, ErrorHelp

ERRORS_OF_REQUESTS: Mapping[str, ErrorHelp] = {
    "KEY_MISSING": ErrorHelp(
        _("Every request needs access for a few minutes, which the page fetches by itself. This one had none."),
        (_("Load the page again and sign in."), _("A program of your own: send the token as Authorization: Bearer.")),
    ),
    "KEY_EXPIRED": ErrorHelp(
        _("Access lives for minutes only, so that a lost key is worth nothing. This one's time is over."),
        (SAME_AGAIN, _("A program of your own: exchange for a new token and repeat the request once.")),
    ),
    "KEY_REVOKED": ErrorHelp(
        _("A person or the platform team has taken this access back. It is on the app's record with the reason."),
        (_("Ask the app's owner why."), _("When they agree, load the page again: it fetches new access.")),
    ),
    "NAME_TAKEN": ErrorHelp(
        _("Two things in one place can't have the same name."),
        (_("Use another name. Where one is proposed, it is free."),),
    ),
    "FOLDER_NOT_EMPTY": ErrorHelp(
        _("A folder is deleted only when nothing is in it, so that no file goes along by accident."),
        (_("Move or delete what is in it."), _("Then delete the folder.")),
    ),
    "IDEMPOTENCY_CONFLICT": ErrorHelp(
        _("A program repeats a request under one Idempotency-Key; this key came before with another request."),
        (_("A program of your own: make a new key for every request, and keep it over the repetitions of that one."),),
    ),
    "IDEMPOTENCY_IN_FLIGHT": ErrorHelp(
        _("The same request came twice, and the first one is still being answered. It is done once."),
        (NOTHING_TO_DO,),
    ),
    "CHANGED_MEANWHILE": ErrorHelp(
        _("Somebody else changed the same thing at the same moment. Nothing of yours was done, nothing is lost."),
        (_("Load the page again to see what it is now."), _("Then repeat your change if it is still needed.")),
    ),
    "NOT_FOUND": ErrorHelp(
        _("There is nothing under that name, or it isn't yours. Both look the same from outside, on purpose."),
        (
            _("Look whether the address was copied whole."),
            _("Are you signed in with the account that it was shared with?"),
            _("Ask who gave you the link for a new one."),
        ),
    ),
    "METHOD_NOT_ALLOWED": ErrorHelp(
        _("The address is right, but it doesn't take this kind of request."),
        (_("A program of your own: the API reference names the method of each operation."),),
    ),
    "VALIDATION": ErrorHelp(
        _("A field of what was sent is missing or can't be used. The message names it."),
        (_("Correct the field that the message names."), _("Send it again: nothing was stored.")),
    ),
    "STORAGE_UNAVAILABLE": ErrorHelp(
        _("Storage or a part in front of it doesn't answer for the moment. Your file is still on your device."),
        (_("Wait a moment, then press Try again."), PLATFORM_TEAM),
    ),
    "SERVER_BUSY": ErrorHelp(
        _("More was asked at once than can be answered well. Whoever finishes an upload goes first."),
        (NOTHING_TO_DO, SAME_AGAIN),
    ),
    "REQUEST_TOO_SLOW": ErrorHelp(
        _("The request began to arrive and then stopped, as on a very slow or broken line."),
        (SAME_AGAIN,),
    ),
    "INTERNAL": ErrorHelp(
        _("Something went wrong on our side. What was stored before is safe."),
        (SAME_AGAIN, PLATFORM_TEAM),
    ),
}
