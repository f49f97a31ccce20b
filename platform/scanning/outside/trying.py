"""Asking a scanner about a file of ours: its owner sees whether it answers before people's files wait for it."""

import hashlib
import uuid
from collections.abc import Iterator
from typing import IO

from scanning.engines.port import EngineUnavailableError
from scanning.models import OutsideScanner
from scanning.outside import standing
from scanning.outside.asking import opened
from scanning.outside.engine import OutsideEngine
from scanning.quarantine import written
from tenancy.scoping import tenant_scope

_BODY = b"A test from Gatehouse. Nobody sent this file.\n"


class TestFile:
    """An engine's `Source` over a few harmless bytes."""

    __test__ = False  # its name isn't pytest's
    name, content_type, size = "gatehouse-test.txt", "text/plain", len(_BODY)

    def __init__(self) -> None:
        self._disk: IO[bytes] = written([_BODY])

    def head(self) -> bytes:
        """All of it."""
        return _BODY

    def chunks(self) -> Iterator[bytes]:
        """All of it."""
        yield _BODY

    def on_disk(self) -> IO[bytes]:
        """From its beginning."""
        self._disk.seek(0)
        return self._disk

    def fingerprint(self) -> str:
        """Its SHA-256."""
        return hashlib.sha256(_BODY).hexdigest()

    def close(self) -> None:
        """Give the disk back."""
        self._disk.close()


def try_scanner(tenant_id: uuid.UUID, scanner_id: uuid.UUID) -> bool:
    """Whether it answered; what it said is only noted as that. False for one that isn't there."""
    with tenant_scope(tenant_id):
        row: OutsideScanner | None = OutsideScanner.objects.filter(pk=scanner_id).first()
    if row is None:
        return False
    standing.forget_rest(scanner_id)
    source = TestFile()
    try:
        OutsideEngine(opened(row)).examine(source)
    except EngineUnavailableError:
        return False  # the scanner's row tells why
    finally:
        source.close()
    return True
