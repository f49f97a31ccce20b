"""Copying gigabytes takes storage longer than anything else may; a worker waits for it, a web server doesn't."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from kernel.errors import Problem
from kernel.identifiers import new_id
from kernel.object_keys import Area, ObjectKey
from storage.object_store import COPIED_AT_ONCE_BYTES, S3ObjectStore, s3_client

COPIED = b'<?xml version="1.0"?><CopyObjectResult><ETag>"e"</ETag></CopyObjectResult>'


@pytest.fixture
def slow_storage(settings: Any) -> Iterator[None]:
    """Answers a copy only after more than the ordinary patience."""
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            ended.wait(0.4)
            self.send_response(200)
            self.send_header("Content-Length", str(len(COPIED)))
            self.end_headers()
            self.wfile.write(COPIED)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        settings.S3_ENDPOINT_URL = f"http://127.0.0.1:{server.server_address[1]}"
        yield
        ended.set()
        server.shutdown()


@pytest.mark.parametrize("size", [0, COPIED_AT_ONCE_BYTES + 1])
def test_only_who_tells_a_large_size_waits_for_a_long_copy(slow_storage: None, size: int) -> None:
    store = S3ObjectStore(s3_client(0.1), "gatehouse", patient=s3_client(5.0))
    source, target = (ObjectKey(new_id(), new_id(), area, new_id()) for area in (Area.QUARANTINE, Area.FILES))
    if size:
        assert store.copy(source, "e", target, {}, encryption_key="", size=size) == "e"
        return
    with pytest.raises(Problem, match="STORAGE_UNAVAILABLE"):
        store.copy(source, "e", target, {}, encryption_key="")
