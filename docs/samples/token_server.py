"""The part of your own website that its page asks for tokens: it keeps the secret, the page gets a token for minutes.

    GATEHOUSE_URL=… GATEHOUSE_APP=… GATEHOUSE_SECRET=… python token_server.py 8080

Serves plain.html beside it. Put your own sign-in before `POST /token`: whoever may call it may upload.
"""

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2

SITE = os.environ["GATEHOUSE_URL"].rstrip("/")
PAGE = Path(__file__).with_name("plain.html")


class Website(BaseHTTPRequestHandler):
    """One page and the token that it asks for."""

    def do_GET(self) -> None:
        """The page, with the address of Gatehouse filled in."""
        if self.path != "/":
            return self.send_error(404)
        page = PAGE.read_text(encoding="utf-8").replace("https://gatehouse.example", SITE)
        return self._give(page.encode(), "text/html")

    def do_POST(self) -> None:
        """A token that may add files and nothing else. Pages of other websites can't send this header unasked."""
        if self.path != "/token" or self.headers.get("X-Requested-With") != "page":
            return self.send_error(404)
        app = (os.environ["GATEHOUSE_APP"], os.environ["GATEHOUSE_SECRET"])
        wish = {"grant_type": "client_credentials", "scope": "files:write"}
        token = httpx2.post(f"{SITE}/oauth/token", auth=app, data=wish).raise_for_status()
        return self._give(token.content, "application/json")

    def _give(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Website).serve_forever()
