"""What the child gives up before the first byte is read."""

import resource
import signal
from typing import Final

LONGEST_SECONDS: Final = 30
MEMORY_BYTES: Final = 768 * 1024 * 1024
_OUTPUT_BYTES = 64 * 1024
_OPEN_FILES = 32


def limit_this_process() -> None:
    """Bound memory, processor time, output, open files and lifetime. SIGALRM ends what waits instead of working."""
    for which, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, LONGEST_SECONDS),
        (resource.RLIMIT_FSIZE, _OUTPUT_BYTES),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(which, (most, most))
    signal.alarm(LONGEST_SECONDS)
