"""Which scanners of an organisation's own are asked about an upload: those of its workspace that are on.

One is asked where the template's engines name `outside`, or where its owner wants it asked about every file.
"""

import datetime as dt
from collections.abc import Collection

from kernel import clock
from kernel.errors import FILE_UNANSWERED
from notices.sealing import UnreadableSecretError, unseal
from scanning.engines.port import Engine, EngineUnavailableError
from scanning.models import OutsideScanner
from scanning.outside import standing
from scanning.outside.engine import CHECK, NobodyToAsk, OutsideEngine, Scanner
from storage.models import Upload
from tenancy.scoping import tenant_scope

PATIENCE = dt.timedelta(hours=1)
"""How long a file waits for an answer before it waits for a person instead."""


def outside_engines(upload: Upload, released: Collection[str]) -> list[Engine]:
    """The engines, in the order in which their scanners were added; `released` are the codes that a person let pass.

    Raises EngineUnavailableError while one of the scanners rests, before any other engine works for nothing.
    """
    gives_up = FILE_UNANSWERED.code in released or clock.now() - upload.state_changed_at > PATIENCE
    is_named = CHECK in upload.engines
    scanners = _scanners(upload, is_named=is_named)
    if not gives_up and (resting := [scanner.name for scanner in scanners if standing.rests(scanner.id)]):
        raise EngineUnavailableError(f"No answer within the last minute: {', '.join(resting)}.")
    if is_named and not scanners:
        return [NobodyToAsk(gives_up)]
    return [OutsideEngine(scanner, gives_up) for scanner in scanners]


def _scanners(upload: Upload, *, is_named: bool) -> list[Scanner]:
    with tenant_scope(upload.tenant_id):
        there = OutsideScanner.objects.filter(workspace=upload.app.workspace_id, disabled_at=None)
        asked = there if is_named else there.filter(is_asked_always=True)
        return [opened(scanner) for scanner in asked.order_by("id")]


def opened(scanner: OutsideScanner) -> Scanner:
    """The row as an engine needs it. Raises EngineUnavailableError where its secret can't be read."""
    try:
        secret = unseal(bytes(scanner.sealed_secret), scanner.pk)
    except UnreadableSecretError as error:
        raise EngineUnavailableError(
            f"The scanner's secret can't be read. Remove it and add it anew: {scanner.name}."
        ) from error
    return Scanner(scanner.tenant_id, scanner.pk, scanner.name, scanner.url, secret)
