"""What rooms above tell, one function each. Each must run in the transaction of what happened, in the tenant's scope.

A room that may not import this one sends the task `notices.tell` with (tenant, app, kind, key, facts) instead; what it
tells is then written in a transaction of its own, and lost if the queue loses it.
"""

import datetime as dt
import uuid

from kernel.errors import Problem
from notices.kinds import Kind
from notices.models import Notice
from notices.outbox import tell
from policy.sentences import Fact, Sentence
from tenancy.models import MicroApp

Reason = Problem | Sentence | str
"""Why, as a problem of the catalogue, as a sentence of ours or, where neither says it, in a person's own words."""


def file_rejected(app: MicroApp, upload_id: uuid.UUID, *, name: str, reason: Reason, href: str = "") -> Notice | None:
    """An upload was refused. `href` is where its evidence is, if anywhere."""
    key, facts = str(upload_id), {**_facts_of(reason), "file": name}
    return tell(Kind.FILE_REJECTED, workspace=app.workspace, app=app, key=key, href=href, facts=facts)


def file_held(app: MicroApp, upload_id: uuid.UUID, *, name: str, reason: Reason, href: str = "") -> Notice | None:
    """An upload waits for a person; `href` is the page on which they decide."""
    key, facts = str(upload_id), {**_facts_of(reason), "file": name}
    return tell(Kind.FILE_HELD, workspace=app.workspace, app=app, key=key, href=href, facts=facts)


def files_deleted_soon(app: MicroApp, on: dt.date, *, count: int) -> Notice | None:
    """Files will be deleted on this day by their age; told once for an app and a day, so a round may tell it daily."""
    told = {"count": _files(count).kept(), "date": _day(on).kept()}
    key = f"{app.pk}:{on.isoformat()}"
    return tell(Kind.FILES_DELETED_SOON, workspace=app.workspace, app=app, key=key, facts=told)


def access_compromised(
    app: MicroApp, incident: str, *, at: dt.datetime, reason: Reason, href: str = ""
) -> Notice | None:
    """Tokens or keys of the app were taken back because somebody else may have them; `incident` names it once."""
    return tell(
        Kind.ACCESS_COMPROMISED,
        workspace=app.workspace,
        app=app,
        key=incident,
        href=href,
        facts={**_facts_of(reason), "time": _moment(at.astimezone(dt.UTC)).kept()},
    )


def _facts_of(reason: Reason) -> dict[str, Fact]:
    """A problem is kept by its code and its facts, so that each reader has its sentence in their language."""
    if not isinstance(reason, Problem):
        return {"reason": reason if isinstance(reason, str) else reason.kept()}
    return {**reason.facts, "code": reason.type.code, "reason": reason.user_message}


def _files(count: int) -> Sentence:
    return Sentence("1 file") if count == 1 else Sentence("{count:count} files", {"count": count})


def _day(date: dt.date) -> Sentence:
    return Sentence("{day:day}", {"day": date.isoformat()})


def _moment(at: dt.datetime) -> Sentence:
    return Sentence("{time} UTC on {day:day}", {"time": f"{at:%H:%M}", "day": at.date().isoformat()})
