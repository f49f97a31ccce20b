"""What `python -m embedded` does.

run                  the whole platform, until Ctrl-C (PORT chooses the port of the pages)
up [--detach]        its servers alone, until Ctrl-C, or in the background until `down`
down                 stop what runs here
test [arguments]     pytest with these arguments, on servers of its own
configured command   a command under complete production settings whose secrets are made up
"""

import os
import sys
from collections.abc import Sequence

from embedded.configured import configured
from embedded.management import PROJECT
from embedded.process import PartFailedError
from embedded.run import run
from embedded.servers import down, up, up_in_background
from embedded.stopping import StopRequested
from embedded.testing import test

DATA = PROJECT / ".data"
_INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Do what the arguments say; a part's failure is told in words, without a traceback."""
    try:
        return _do(arguments)
    except StopRequested:
        print("\nGatehouse has stopped.")
        return _INTERRUPTED if arguments[0] == "test" else 0
    except PartFailedError as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1


def _do(arguments: Sequence[str]) -> int:
    match list(arguments):
        case ["run"]:
            run(DATA, web_port=int(os.environ.get("PORT", "0")) or None)
        case ["up"]:
            up(DATA)
        case ["up", "--detach"]:
            up_in_background(DATA)
        case ["down"]:
            down(DATA)
        case ["test", *rest]:
            return test(DATA, rest)
        case ["configured", *command] if command:
            return configured(command)
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
