"""What is written of an upload's start, in one statement: upload, reservation, kept answer and event, or nothing."""

from functools import cache
from importlib import resources
from typing import Any

from audit.actions import AuditAction
from audit.ledger import WRITE_EVENT, Entry, event
from audit.rows import RowOf
from audit.statements import Statement
from gateway import kept_answers
from gateway.callers import Caller
from gateway.kept_answers import Keyed, Reply
from gateway.models import KeptAnswer
from quotas.models import Reservation
from storage.models import Upload

_LOCK = Statement("""
SELECT FROM quotas_quota
WHERE app_id = %(app_id)s::uuid OR (app_id IS NULL AND workspace_id = %(workspace_id)s::uuid)
  OR (workspace_id IS NULL AND tenant_id = %(tenant_id)s::uuid AND person IN ('', %(reservation_held_by)s))
ORDER BY workspace_id NULLS FIRST, person, app_id NULLS FIRST FOR UPDATE
""")
"""In the order of `quotas.reservations.LOCKED_IN_ORDER`, like everybody who takes several."""

UPLOAD, _RESERVATION, _KEPT = RowOf(Upload, "upload"), RowOf(Reservation, "reservation"), RowOf(KeptAnswer, "kept")


def entry(caller: Caller, upload: Upload, names: list[str], key: Keyed | None) -> Entry:
    """A form is signed with this; parts are recorded one by one as they are signed."""
    action = AuditAction.MULTIPART_STARTED if upload.part_size else AuditAction.UPLOAD_URL_SIGNED
    told = event(action, actor=caller.actor, subject=f"upload:{upload.id}", detail=_detail(caller, upload))
    parameters: dict[str, Any] = {
        **UPLOAD.parameters(upload),
        **_RESERVATION.parameters(_reservation(upload)),
        **(_KEPT.no_parameters if key is None else _KEPT.parameters(_answer(caller, upload, key))),
        **told,
        "tenant_id": upload.tenant_id,
        "app_id": upload.app_id,
        "workspace_id": upload.app.workspace_id,
        "size": upload.declared_size,
        "folders": names,
        "is_keyed": key is not None,
    }
    return Entry(action, _statement(), parameters, _LOCK, f"{upload.app.workspace_id}/{upload.app_id}")


@cache
def _statement() -> Statement:
    text = resources.files("gateway").joinpath("start_upload.sql").read_text(encoding="utf-8")
    whole = text.format(
        kept=_KEPT.table,
        kept_values=_KEPT.values(),
        reservation=_RESERVATION.table,
        reservation_values=_RESERVATION.values(),
        upload=UPLOAD.table,
        upload_values=UPLOAD.values(folder_id="folder_id"),
        event=WRITE_EVENT,
    )
    return Statement(whole)


def _reservation(upload: Upload) -> Reservation:
    return _RESERVATION.new(
        id=upload.reservation_id,
        tenant_id=upload.tenant_id,
        app_id=upload.app_id,
        held_by=upload.started_by,
        size=upload.declared_size,
        created_at=upload.created_at,
    )


def _answer(caller: Caller, upload: Upload, key: Keyed) -> KeptAnswer:
    """What is kept under the key: which upload it was, and nothing that opens storage."""
    return kept_answers.row(caller, key, kept_answers.as_json(Reply(201, None, kept={"id": str(upload.id)})))


def _detail(caller: Caller, upload: Upload) -> dict[str, Any]:
    return {
        "token": caller.claims.token_id,
        "size": upload.declared_size,
        "content_type": upload.content_type,
        "expires_at": upload.expires_at.isoformat(),
        "template": caller.claims.template,
    }
