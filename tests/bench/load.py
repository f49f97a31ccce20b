"""A crowd of connections in a process of its own: `python -m tests.bench.load <port> <connections> <seconds> <file>`.

The file holds one whole HTTP request, sent over and over on kept connections. What it tells, in JSON: how many answers
of which status came, and the latencies in ms at the 50th and 99th percentile.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from pathlib import Path


async def one_connection(port: int, request: bytes, until: float, statuses: Counter[str], took: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
    while time.perf_counter() < until:
        begun = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        await past_body(reader, head.lower())
        took.append((time.perf_counter() - begun) * 1000)
        statuses[head[9:12].decode()] += 1
    writer.close()


async def past_body(reader: asyncio.StreamReader, head: bytes) -> None:
    for line in head.split(b"\r\n"):
        if line.startswith(b"content-length:"):
            await reader.readexactly(int(line.partition(b":")[2]))
            return
    await reader.readuntil(b"0\r\n\r\n")


async def crowd(port: int, connections: int, seconds: float, request: bytes) -> dict[str, object]:
    statuses: Counter[str] = Counter()
    took: list[float] = []
    begun = time.perf_counter()
    until = begun + seconds
    await asyncio.gather(*(one_connection(port, request, until, statuses, took) for _ in range(connections)))
    took.sort()
    return {
        "statuses": dict(statuses),
        "per_second": len(took) / (time.perf_counter() - begun),
        "p50_ms": took[len(took) // 2],
        "p99_ms": took[len(took) * 99 // 100],
    }


if __name__ == "__main__":
    port, connections, seconds, file = sys.argv[1:]
    told = asyncio.run(crowd(int(port), int(connections), float(seconds), Path(file).read_bytes()))
    print(json.dumps(told))
