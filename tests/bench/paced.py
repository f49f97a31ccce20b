"""A crowd that asks at a set pace: `python -m tests.bench.paced <port> <a second> <seconds> <file>...`.

Each file holds one whole HTTP request; connections take them in turn. A latency counts from the moment at which the
request was due, so an answer that comes late also counts for those who had to wait behind it. What it tells, in JSON:
how many answers of which status came, how many a second, and the latencies in ms at the 50th and 99th percentile.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

from tests.bench.load import Heard, body_of

_CONNECTIONS = 64


async def one_connection(port: int, request: bytes, due: float, step: float, until: float, heard: Heard) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
    while due < until:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        body = await body_of(reader, head.lower())
        now = time.perf_counter()
        if now > until:
            break
        heard.took.append((now - due) * 1000)
        status = head[9:12].decode()
        heard.statuses[status] += 1
        if status >= "300":
            heard.refusal = body.decode(errors="replace")
        due += step
    writer.close()


async def crowd(port: int, per_second: float, seconds: float, requests: list[bytes]) -> dict[str, object]:
    heard = Heard()
    begun = time.perf_counter()
    await asyncio.gather(
        *(
            one_connection(
                port,
                requests[number % len(requests)],
                begun + number / per_second,
                _CONNECTIONS / per_second,
                begun + seconds,
                heard,
            )
            for number in range(_CONNECTIONS)
        )
    )
    took = sorted(heard.took)
    return {
        "statuses": dict(heard.statuses),
        "refusal": heard.refusal,
        "per_second": len(took) / seconds,
        "p50_ms": took[len(took) // 2],
        "p99_ms": took[len(took) * 99 // 100],
    }


if __name__ == "__main__":
    port, per_second, seconds, *files = sys.argv[1:]
    requests = [Path(file).read_bytes() for file in files]
    print(json.dumps(asyncio.run(crowd(int(port), float(per_second), float(seconds), requests))))
