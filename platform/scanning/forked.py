"""The process that limited children are forked from: it has loaded what they read with, and never sees a file itself.

It is as poor as they are: no environment, no settings, imports of pure modules alone. What a file does to a child ends
with that child, since every file gets one of its own.
"""

import contextlib
import gc
import io
import json
import os
import socket
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Final, NoReturn

FILES: Final = 3
"""What a child is given, and all that it has: the file to read, and where its answer and its complaints go."""

MESSAGE_BYTES: Final = 4096

Work = Callable[[Sequence[str]], None]
"""Limits the process, then does what the arguments say with standard input and output."""


def serve(work: Work) -> None:
    """Fork a child for each question, and say how it ended, until nobody asks any more."""
    asker = socket.socket(fileno=int(sys.argv.pop(1)))
    gc.freeze()  # else every child would copy what its collector touches
    while True:
        message, files, _flags, _sender = socket.recv_fds(asker, MESSAGE_BYTES, FILES)
        if not message:
            return
        child = os.fork()
        if not child:
            asker.close()
            _work(work, json.loads(message), files)
        for file in files:
            os.close(file)
        _child, status = os.waitpid(child, 0)
        with contextlib.suppress(BrokenPipeError):  # the next look finds nobody there
            asker.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))


def _work(work: Work, arguments: Sequence[str], files: Sequence[int]) -> NoReturn:
    code = 1
    try:
        for own, given in enumerate(files):
            os.dup2(given, own)
            os.close(given)
        sys.stdin = io.TextIOWrapper(open(0, "rb", closefd=False))  # noqa: SIM115 - it can be sought in
        work(arguments)
        sys.stdout.flush()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001 - a child ends here, whatever the file did to it
        with contextlib.suppress(BaseException):
            traceback.print_exc()
            sys.stderr.flush()
    finally:
        os._exit(code)
