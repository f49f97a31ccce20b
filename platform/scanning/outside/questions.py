"""What a scanner is asked and what it answers: standard-webhooks signatures over JSON, both ways with one secret.

The question travels beside the file's bytes as multipart/form-data (RFC 7578) and names their SHA-256, so that its
signature covers them too, and nothing has to be held in memory to sign it. The answer repeats that sum and the
question's id, so that none can be used again for another file.
"""

import datetime as dt
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Literal

import msgspec
from standardwebhooks import Webhook, WebhookVerificationError

from kernel.errors import FILE_FORBIDDEN, FILE_INFECTED, FILE_SET_ASIDE
from kernel.identifiers import new_id
from scanning.engines.port import Clean, EngineUnavailableError, Held, Rejected, Source, Verdict, Version

TYPE = "file.scan"
LONGEST_ANSWER_BYTES = 16_384
_LONGEST_WORDS = 200
_CHUNK_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Question:
    """About one file, asked once: another attempt has another id."""

    id: str
    text: str
    sha256: str
    boundary: str
    """Of the parts (RFC 2046 §5.1.1). Drawn anew each time: a file that held it would end before its end."""

    @classmethod
    def about(cls, source: Source, now: dt.datetime) -> "Question":
        """The question that tells the file's name, type, size in bytes and SHA-256."""
        data = {"name": source.name, "content_type": source.content_type, "size": source.size}
        told = {"type": TYPE, "timestamp": now.isoformat(), "data": data | {"sha256": source.fingerprint()}}
        text = msgspec.json.encode(told).decode()
        return cls(f"scan_{new_id().hex}", text, source.fingerprint(), secrets.token_hex(24))

    def headers(self, secret: str, now: dt.datetime) -> dict[str, str]:
        """What proves to the scanner who asks."""
        return {
            "Content-Type": f"multipart/form-data; boundary={self.boundary}",
            "User-Agent": "Gatehouse",
            "webhook-id": self.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign(self.id, now, self.text),
        }


class Form:
    """The question and the file's bytes, piece by piece; its length is known before the first."""

    def __init__(self, question: Question, file: IO[bytes], size: int) -> None:
        self._file = file
        self._before = b"".join(
            (
                _part(question.boundary, "question", "application/json"),
                question.text.encode(),
                b"\r\n",
                _part(question.boundary, "file", "application/octet-stream", filename="file"),
            )
        )
        self._after = f"\r\n--{question.boundary}--\r\n".encode()
        self._bytes = len(self._before) + size + len(self._after)

    def __len__(self) -> int:
        return self._bytes

    def __iter__(self) -> Iterator[bytes]:
        yield self._before
        self._file.seek(0)
        while chunk := self._file.read(_CHUNK_BYTES):
            yield chunk
        yield self._after


def _part(boundary: str, name: str, content_type: str, filename: str = "") -> bytes:
    named = f'; filename="{filename}"' if filename else ""
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n'
    return f"{head}Content-Type: {content_type}\r\n\r\n".encode()


class _Answer(msgspec.Struct, frozen=True):
    """What must be said, and what may be; anything else is left unread."""

    sha256: str
    verdict: Literal["clean", "held", "rejected", "infected"]
    words: str = ""
    engine: str = ""
    signatures: str = ""


def verdict_of(question: Question, secret: str, headers: Mapping[str, str], body: bytes) -> Verdict:
    """The verdict in a signed answer. Raises EngineUnavailableError for any other: silence is never clean."""
    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
        told = msgspec.json.decode(body, type=_Answer)
    except (WebhookVerificationError, msgspec.MsgspecError, ValueError) as error:
        raise EngineUnavailableError(_why_it_counts_not(error)) from error
    if headers.get("webhook-id") != question.id or told.sha256.lower() != question.sha256:
        raise EngineUnavailableError("Its answer is about another file.")
    return _verdict(told)


def _why_it_counts_not(error: Exception) -> str:
    if isinstance(error, msgspec.MsgspecError):
        return "Its answer is not one that the protocol knows."
    return "Its answer is not signed with the secret."


def _verdict(told: _Answer) -> Verdict:
    by = Version(told.engine or "an outside scanner", told.signatures)
    words = told.words[:_LONGEST_WORDS]
    if told.verdict == "clean":
        return Clean(words or "nothing found", by=by)
    if told.verdict == "held":
        return Held(FILE_SET_ASIDE, words or "the scanner wants a person to look", by=by)
    problem = FILE_INFECTED if told.verdict == "infected" else FILE_FORBIDDEN
    return Rejected(problem, words or "the scanner gave no reason", by=by)
