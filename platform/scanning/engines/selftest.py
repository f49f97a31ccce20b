"""Asking a scanner to find the industry's test file before its OK is believed.

clamd says OK to a file that it never looked into: one larger than its MaxFileSize or MaxScanSize, unless
AlertExceedsMax is set, and its protocol doesn't tell these limits. Nor would a scanner without signatures, or one that
says OK to all, be noticed. So it must find the test file at the head of a file as large as the one in question.
"""

import time
from collections.abc import Iterator

from scanning.engines.clamd import BeyondEngineLimitError, Clamd

_TEST_FILE = bytes.fromhex(
    "58354f2150254041505b345c505a58353428505e2937434329377d24"
    "45494341522d5354414e444152442d414e544956495255532d544553542d46494c452124482b482a"
)
"""EICAR's, spelled so that no scanner takes this source for it."""

_SMALLEST_BYTES = 1_000_000
_BELIEVED_SECONDS = 600.0
_ZEROS = bytes(128 * 1024)


class SelfTest:
    """What one scanner has proved lately: up to which size it looks into files. In time it must prove it again."""

    def __init__(self) -> None:
        self._proven_bytes, self._believed_until = 0, 0.0

    def require(self, clamd: Clamd, size: int) -> None:
        """Make sure that the scanner looks into files of this size. Raises EngineUnavailableError."""
        now = time.monotonic()
        if now >= self._believed_until:
            self._proven_bytes = 0
        if size <= self._proven_bytes:
            return
        needed = max(size, _SMALLEST_BYTES)
        reply = clamd.scan(_test_file(needed), needed)
        if not reply.endswith(" FOUND"):
            raise BeyondEngineLimitError(
                f"clamd does not find the test file in {needed:,} bytes. Raise MaxFileSize and MaxScanSize, set "
                "AlertExceedsMax, and make sure that it has signatures."
            )
        self._proven_bytes, self._believed_until = needed, now + _BELIEVED_SECONDS


def _test_file(size: int) -> Iterator[bytes]:
    yield _TEST_FILE
    remaining = size - len(_TEST_FILE)
    while remaining > 0:
        yield _ZEROS[:remaining]
        remaining -= len(_ZEROS)
