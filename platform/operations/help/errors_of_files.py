"""What helps when a file isn't taken, opened or deleted."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from operations.help.remedy import NOTHING_TO_DO, PLATFORM_TEAM, SAME_AGAIN, ErrorHelp

_OWNER_DECIDES = (
    _("The workspace owner was told. They see what was found, and release the file or refuse it."),
    _("You need do nothing. The file can't be opened by anybody meanwhile."),
)

ERRORS_OF_FILES: Mapping[str, ErrorHelp] = {
    "FILE_TOO_LARGE": ErrorHelp(
        _("Every app has a limit for one file, so that nobody fills the space or runs up a bill by accident."),
        (
            _("Choose a smaller file, or make this one smaller: a photo can be saved in a smaller size."),
            _("Does the app need larger files? Ask its workspace owner for a higher limit on the app's page."),
        ),
    ),
    "FILE_TYPE_NOT_ALLOWED": ErrorHelp(
        _("An app takes the kinds of file that its template names, and no others."),
        (
            _("Choose a file of one of the kinds that the upload box lists."),
            _("Saving the file as another kind often helps: a photo as JPG, a document as PDF."),
        ),
    ),
    "FILE_CONTENT_MISMATCH": ErrorHelp(
        _("The file's content is looked at, not only its name. This one is something else inside."),
        (
            _("Open the file in its own program and save it again as the kind that its name says."),
            _("Then upload the new file. Renaming alone doesn't help."),
        ),
    ),
    "PICTURE_TOO_LARGE": ErrorHelp(
        _("A small file can unfold to a picture so large that it exhausts the computer of whoever opens it."),
        (_("Save the picture with fewer pixels: 10,000 by 10,000 is the most."), _("Then upload that.")),
    ),
    "FILE_ARCHIVED": ErrorHelp(
        _("Old files are moved to storage that costs less and from which they must be fetched first."),
        (
            _("Owners and builders bring it back on the file's page."),
            _("Come back after the time that the message names."),
        ),
    ),
    "FILE_EMPTY": ErrorHelp(
        _("The file has a name but nothing in it. Often a copy or a download broke off."),
        (_("Open the file on your device to see whether it holds anything."), _("Copy it anew and upload that.")),
    ),
    "FILE_UNCHECKABLE": ErrorHelp(
        _("A file that is locked with a password or packed too deeply can't be looked into, so it isn't stored."),
        (_("Take the password away, or unpack it."), _("Upload what was inside.")),
    ),
    "FILE_INFECTED": ErrorHelp(
        _("Every file is checked before anyone can open it, and the check found a known virus."),
        (
            _("Don't open the file on your device. Let your own virus scanner look at it."),
            _("Tell the app's owner if you think that the check is wrong: they see what was found."),
        ),
    ),
    "FILE_ARCHIVE_UNSAFE": ErrorHelp(
        _("Some archives are made to fill a computer when they are unpacked, so their size and depth have limits."),
        (_("Unpack it on your device."), _("Upload what was inside, or pack fewer files at a time.")),
    ),
    "FILE_DAMAGED": ErrorHelp(
        _("The file begins as it should, and then breaks off. Often a copy or a download was interrupted."),
        (_("Open the file on your device to see whether it is whole."), _("Copy it anew and upload that.")),
    ),
    "FILE_NAME_MISLEADS": ErrorHelp(
        _("Its name ends in more than one kind of file, or holds unseen characters, so people would be misled."),
        (_("Give the file a plain name with one ending, such as report.pdf."), _("Then upload it again.")),
    ),
    "FILE_ENCRYPTED": ErrorHelp(_("What is locked can't be looked into, so a person decides."), _OWNER_DECIDES),
    "FILE_HAS_MACROS": ErrorHelp(
        _("Programs inside documents and archives can do harm on the device that opens them, so a person decides."),
        _OWNER_DECIDES,
    ),
    "FILE_DOUBTFUL": ErrorHelp(
        _("Two checks don't agree on what kind of file this is, so a person decides."), _OWNER_DECIDES
    ),
    "FILE_HAS_PERSONAL_DATA": ErrorHelp(
        _("This app looks for numbers of cards, accounts and people. It found some, so a person decides."),
        _OWNER_DECIDES,
    ),
    "FILE_HAS_SECRETS": ErrorHelp(
        _("This app looks for passwords and keys. It found something like one, so a person decides."), _OWNER_DECIDES
    ),
    "FILE_UNREADABLE": ErrorHelp(
        _("This app searches the text of files. In this one it can't be read to its end, so a person decides."),
        _OWNER_DECIDES,
    ),
    "FILE_SET_ASIDE": ErrorHelp(
        _("Your organisation has a check of its own. It wants a person to look at this file."), _OWNER_DECIDES
    ),
    "FILE_UNANSWERED": ErrorHelp(
        _("Your organisation has a check of its own. It gave no answer for an hour, so a person decides."),
        _OWNER_DECIDES,
    ),
    "FILE_FORBIDDEN": ErrorHelp(
        _("Your organisation has a check of its own. It doesn't let this file in."),
        (_("Choose another file."), _("Ask the workspace owner what the check looks for.")),
    ),
    "FILE_REFUSED": ErrorHelp(
        _("A check set the file aside, and the workspace owner decided that it may not stay."),
        (_("Ask the workspace owner for the reason. It is on the record."),),
    ),
    "FILE_LOCKED": ErrorHelp(
        _("Files are checked again when the lists of known dangers change. This one was then found on such a list."),
        (_("Don't open a copy that you have."), _("Ask the workspace owner, who sees what was found, and decides.")),
    ),
    "SCAN_PENDING": ErrorHelp(
        _("A file can be opened once its check is over. That takes seconds, or minutes for a large one."),
        (NOTHING_TO_DO, _("You can leave the page: the file is stored when it was found safe.")),
    ),
    "UPLOAD_CLOSED": ErrorHelp(
        _("An upload lives for some minutes. This one was finished, cancelled, or never arrived in time."),
        (_("Choose the file again. It starts a new upload."),),
    ),
    "UPLOAD_NOT_RECEIVED": ErrorHelp(
        _("The upload was reported as done, but storage doesn't hold the file yet."), (SAME_AGAIN, PLATFORM_TEAM)
    ),
    "UPLOAD_ALTERED": ErrorHelp(
        _("What arrived differs from what was announced: the file changed while it was sent, or was tampered with."),
        (_("Close the file in other programs."), _("Upload it again.")),
    ),
    "FILE_ON_HOLD": ErrorHelp(
        _("A legal hold keeps this file as it is, whoever asks, until the hold is lifted."),
        (_("Ask the workspace owner who placed the hold, and why."), _("When it is lifted, do it again.")),
    ),
    "FILE_RETAINED": ErrorHelp(
        _("The template promises to keep files for a time, often because a law wants it. That time isn't over."),
        (_("Wait until the day that the message names."), _("The workspace owner sees the rule on the app's page.")),
    ),
}
