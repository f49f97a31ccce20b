"""What helps when an app is full, busy, stopped, or its rules say no."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from operations.help.remedy import ASK_WHO_SHARED, NOTHING_TO_DO, PLATFORM_TEAM, SAME_AGAIN, ErrorHelp

ERRORS_OF_APPS: Mapping[str, ErrorHelp] = {
    "QUOTA_APP_EXCEEDED": ErrorHelp(
        _("Every app has a space of its own, and this one's is used up. Files that are there stay safe."),
        (
            _("On the app's page, press Ask for space. The workspace owner decides it there."),
            _("Deleting files that nobody needs frees space at once."),
        ),
    ),
    "QUOTA_WORKSPACE_EXCEEDED": ErrorHelp(
        _("All apps of a workspace share its space, and together they have used it."),
        (
            _("Ask the workspace owner for more space; they can move it from an app that needs less."),
            _("Deleting files that nobody needs frees space at once."),
        ),
    ),
    "QUOTA_TENANT_EXCEEDED": ErrorHelp(
        _("The whole organisation has a limit on its space, and its workspaces together have used it."),
        (
            _("Ask a workspace owner; whoever runs the platform can give the organisation more."),
            _("Deleting files that nobody needs frees space at once."),
        ),
    ),
    "QUOTA_USER_EXCEEDED": ErrorHelp(
        _("Your organisation limits how much one person may keep in all apps together."),
        (
            _("Deleting files of yours that nobody needs frees space at once."),
            _("Ask a workspace owner for more space."),
        ),
    ),
    "REQUESTS_USED_UP": ErrorHelp(
        _("Somebody decided how many requests a month an app, a workspace, a person or the organisation may make."),
        (
            _("Ask the workspace owner for more; what they decide holds within two seconds."),
            _("With the first of the month, in UTC, it goes on by itself."),
            _("Uploads that were begun can be finished or given up all the same."),
        ),
    ),
    "RATE_LIMITED": ErrorHelp(
        _("The app answers so many requests a minute, so that one busy page can't stop the others."),
        (NOTHING_TO_DO, _("Does it happen every day? The workspace owner can ask for a higher rate.")),
    ),
    "TEMPLATE_THROTTLED": ErrorHelp(
        _("All apps from one template are slowed down for a while, to keep the rest of the platform quick."),
        (NOTHING_TO_DO, _("The platform team sees the slow-down and lifts it.")),
    ),
    "APP_PAUSED": ErrorHelp(
        _("Somebody who looks after the app has stopped new uploads. Files that are there stay safe."),
        (ASK_WHO_SHARED, _("A workspace owner opens it again on the app's page.")),
    ),
    "SCOPE_NOT_GRANTED": ErrorHelp(
        _("Access names what it may do, and this is not among it: an app that may add files may not list them."),
        (
            _("Ask the workspace owner. The app's Safety facts say what it may do at all."),
            _("A program of your own: ask for the scope that the operation needs when you exchange."),
        ),
    ),
    "REGION_BLOCKED": ErrorHelp(
        _("The app promised where files stay. Doing this would move one to another place."),
        (_("Keep the file where it is."), _("Need it elsewhere? Make an app whose place is there.")),
    ),
    "POLICY_REFUSED": ErrorHelp(
        _("The template has rules of its own beside the usual limits, and one of them said no."),
        (_("Read the reason: it comes from the template's author."), _("Ask the app's owner if it looks wrong.")),
    ),
    "POLICY_BROKEN": ErrorHelp(
        _("The template's own rules failed while they were asked. Nothing is let through unchecked."),
        (_("Tell the app's owner."), _("The owner goes back to the version before, or asks the platform team.")),
    ),
    "POLICY_UNAVAILABLE": ErrorHelp(
        _("The template's own rules could not be asked in time. Nothing is let through unchecked."),
        (SAME_AGAIN, PLATFORM_TEAM),
    ),
    "TEMPLATE_NOT_READY": ErrorHelp(
        _("The template needs something that this installation doesn't offer yet."),
        (_("Choose another template for now."), _("Ask the platform team when it comes.")),
    ),
    "CUSTOMER_KEY_MISSING": ErrorHelp(
        _("The template's files may only be stored under a key that your organisation holds and can take back."),
        (
            _("A workspace's owner names the key on the workspace's Encryption page, linked below their apps."),
            _("Then make the app again."),
        ),
    ),
    "CUSTOMER_KEY_REFUSED": ErrorHelp(
        _("Before anything depends on a key, Gatehouse stores a few bytes with it and reads them again."),
        (
            _("Look whether the id is written exactly as your key service names it."),
            _("Allow the storage's own account to encrypt and decrypt with the key, and try again."),
        ),
    ),
    "REVIEW_BLOCKED": ErrorHelp(
        _("A template is published after a machine and a person have checked it. Something in that is still open."),
        (_("Read the findings and explain or mend each serious one."), _("Then decide again.")),
    ),
    "TEMPLATE_REFUSED": ErrorHelp(
        _("This version was withdrawn, or its signature doesn't fit what is stored. It can't be trusted."),
        (_("Choose the template's newest version."), _("Tell the platform team: they see what was found.")),
    ),
    "CONSENT_REQUIRED": ErrorHelp(
        _("Nothing is sent before the person has read in a few lines where files go, and has agreed."),
        (
            _("Press Read and decide. It is three lines."),
            _("If you don't agree, nothing was sent and nothing is kept."),
        ),
    ),
    "CONSENT_WITHDRAWN": ErrorHelp(
        _("Whoever took their agreement back sends nothing more, until they agree again."),
        (
            _("Press Read and decide, and agree again if you want to send this."),
            _("What you agreed to apart from it still holds: those files can be sent."),
        ),
    ),
    "ORIGIN_NOT_ALLOWED": ErrorHelp(
        _("An upload box works on the websites that the app's owner has listed, so that no other page can pose as it."),
        (_("The app's owner adds this website's address on the app's Keys page."), _("Then load the page again.")),
    ),
    "CAPTCHA_REQUIRED": ErrorHelp(
        _("Where anyone may come in, the browser first does a second of work, so that a flood of robots doesn't pay."),
        (
            _("Press Confirm. The browser works by itself; there is no puzzle, and nobody else is told."),
            _("Each confirmation counts once and for ten minutes. Load the page again when it is refused."),
        ),
    ),
    "SANDBOX_FULL": ErrorHelp(
        _("A sandbox is for trying. It holds a few apps, and is cleaned up after a day."),
        (_("Make the app that you like live: Promote, on its page."), _("Or begin a new sandbox.")),
    ),
    "NOT_ALLOWED": ErrorHelp(
        _("Some decisions belong to the owners of a workspace, since they answer for its cost and its files."),
        (_("Ask the workspace owner. Their name stands at the foot of your workspace's page."),),
    ),
}
