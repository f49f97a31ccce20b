"""One impatient client: `python tests/broker/hammer.py <address> <token>` asks until its input ends, then tells.

The first line is the status of its first answer, at once. Each line that it tells in the end is the moment at which a
request started, in seconds of the machine's monotonic clock, and the status of its answer.
"""

import http.client
import sys
import threading
import time
from urllib.parse import urlsplit


def main(address: str, token: str) -> None:
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    told: list[tuple[float, int]] = []
    while not ended.is_set():
        begun = time.monotonic()
        try:
            connection.request("GET", parts.path, headers={"Authorization": f"Bearer {token}"})
            answer = connection.getresponse()
            answer.read()
            told.append((begun, answer.status))
            if len(told) == 1:
                print(answer.status, flush=True)
        except (OSError, http.client.HTTPException):
            connection.close()
    sys.stdout.write("".join(f"{begun:.6f} {status}\n" for begun, status in told))


if __name__ == "__main__":
    main(*sys.argv[1:])
