"""A crowd of connections in a process of its own: `python -m tests.bench.load <port> <connections> <seconds> <file>`.

The file holds one whole HTTP request, sent over and over on kept connections. What it tells, in JSON: how many answers
of which status came, the body of the last that was refused, and the latencies in ms at the 50th and 99th percentile.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Heard:
    """What came back so far; times in ms."""

    statuses: Counter[str] = field(default_factory=Counter)
    took: list[float] = field(default_factory=list)
    refusal: str = ""


async def one_connection(port: int, request: bytes, until: float, heard: Heard) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
    while time.perf_counter() < until:
        begun = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        body = await body_of(reader, head.lower())
        heard.took.append((time.perf_counter() - begun) * 1000)
        status = head[9:12].decode()
        heard.statuses[status] += 1
        if status >= "300":
            heard.refusal = body.decode(errors="replace")
    writer.close()


async def body_of(reader: asyncio.StreamReader, head: bytes) -> bytes:
    for line in head.split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return await reader.readexactly(int(line.partition(b":")[2]))
    return await reader.readuntil(b"0\r\n\r\n")


async def crowd(port: int, connections: int, seconds: float, request: bytes) -> dict[str, object]:
    heard = Heard()
    begun = time.perf_counter()
    until = begun + seconds
    await asyncio.gather(*(one_connection(port, request, until, heard) for _ in range(connections)))
    took = sorted(heard.took)
    return {
        "statuses": dict(heard.statuses),
        "refusal": heard.refusal,
        "per_second": len(took) / (time.perf_counter() - begun),
        "p50_ms": took[len(took) // 2],
        "p99_ms": took[len(took) * 99 // 100],
    }


if __name__ == "__main__":
    port, connections, seconds, file = sys.argv[1:]
    told = asyncio.run(crowd(int(port), int(connections), float(seconds), Path(file).read_bytes()))
    print(json.dumps(told))
