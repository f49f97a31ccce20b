"""What an app of a template can do and what it can't, in words: for its people, for who runs it, and for everybody."""

from django.utils.translation import gettext as _

from kernel.language import said
from marketplace.installations import READING
from policy.actions import Action
from policy.document import Document
from policy.shape import Surface


def can_always(document: Document) -> tuple[str, ...]:
    """What every app of the template does."""
    words = [_(action.words) for action in document.permissions.required]
    return (*words, *_with_a_link(document))


def can_if_allowed(document: Document) -> tuple[str, ...]:
    """What an app does where its maker ticked the box."""
    return tuple(_(action.words) for action in document.permissions.optional)


def for_those_who_run_it(document: Document) -> tuple[str, ...]:
    """What owners and builders of the workspace do in any case, and others only where they may."""
    return tuple(_(action.words) for action in Action if action in READING - set(document.permissions.required))


def cannot(document: Document) -> tuple[str, ...]:
    """What no app of the template ever does."""
    possible = document.permissions.possible | ({Action.FILES_READ} if document.public_read else set())
    impossible = [action for action in Action if action not in possible]
    return (
        *(_for_nobody_else(action) if action in READING else _(action.words) for action in impossible),
        *([_("take files from anyone who has not signed in")] if document.audience == "team" else []),
        _("take a file from a person who has not agreed first"),
        *map(_without_its_own_agreement, document.surfaces or ()),
        _("open a file before it was checked"),
        _("reach another app's files"),
        _("hold a key to your storage"),
    )


def _for_nobody_else(action: Action) -> str:
    if action is Action.FILES_LIST:
        return _("let anyone but its owners and builders see the list of files")
    return _("let anyone but its owners and builders open files")


def _without_its_own_agreement(surface: Surface) -> str:
    folder = {"folder": said(surface.folder)}
    if surface.required:
        return _("take a file from a person who has not agreed to “%(folder)s” apart") % folder
    return _("take a file into “%(folder)s” from a person who has not agreed to that apart") % folder


def _with_a_link(document: Document) -> list[str]:
    """What people do of whom nobody knows who they are."""
    words = []
    if document.audience == "public":
        by_whom = {
            None: _("take files from anyone with the link"),
            "proof_of_work": _("take files from anyone with the link, after a check that a person is there"),
        }
        words.append(by_whom[document.captcha])
    if document.public_read == "after_review":
        words.append(_("show a file to anyone with the link, once a person has looked at it"))
    if document.public_read == "at_once":
        words.append(_("show every checked file to anyone with the link"))
    return words
