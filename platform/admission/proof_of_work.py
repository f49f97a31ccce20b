"""Proof of work (ALTCHA's protocol): a browser looks for a number, which costs it a second and robots a farm.

A challenge is signed and not kept; what is kept, in Redis and for as long as it would count, is which were spent.
"""

import base64
import datetime as dt
import enum
from typing import Final

import msgspec
from altcha.v1 import ChallengeOptions, create_challenge, extract_params, verify_solution
from django.conf import settings
from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError

from admission.connection import connection
from kernel import clock
from kernel.errors import CAPTCHA_REQUIRED, STORAGE_UNAVAILABLE, Problem

COUNTS_FOR = dt.timedelta(minutes=10)
_LONGEST_PAYLOAD = 2_000
_ALGORITHM: Final = "SHA-256"


class Purpose(enum.StrEnum):
    """What a proof opens; one that was made for one thing opens no other."""

    SANDBOX = "sandbox"
    UPLOAD = "upload"


class _Solution(msgspec.Struct):
    """What the browser sends, as ALTCHA's widgets do: base64 of JSON."""

    algorithm: str
    challenge: str
    number: int
    salt: str
    signature: str


def new_challenge(purpose: Purpose, subject: str = "") -> dict[str, object]:
    """A challenge for one purpose and, where given, for one thing: an app's publishable id."""
    options = ChallengeOptions(
        algorithm=_ALGORITHM,
        max_number=settings.PROOF_OF_WORK_NUMBER,
        hmac_key=_key(),
        expires=clock.now() + COUNTS_FOR,
        params={"for": purpose, "subject": subject},
    )
    return dict(create_challenge(options).to_dict())


def spend(payload: str, purpose: Purpose, subject: str = "") -> None:
    """Take a proof, once.

    Raises Problem CAPTCHA_REQUIRED for one that is missing, wrong, late, made for something else or spent before,
    and STORAGE_UNAVAILABLE where nobody can say whether it was spent.
    """
    solution = _read(payload)
    content = msgspec.structs.asdict(solution)
    named = extract_params(content)  # type: ignore[arg-type]  # the same members, typed by msgspec
    is_right, _why = verify_solution(content, _key())  # type: ignore[call-overload]
    is_meant = named.get("for") == [purpose] and named.get("subject", [""]) == [subject] and "expires" in named
    if not is_right or not is_meant or solution.algorithm != _ALGORITHM:
        raise Problem(CAPTCHA_REQUIRED)
    if not _is_first(solution.challenge):
        raise Problem(CAPTCHA_REQUIRED)


def _read(payload: str) -> _Solution:
    if len(payload) > _LONGEST_PAYLOAD:
        raise Problem(CAPTCHA_REQUIRED)
    try:
        return msgspec.json.decode(base64.b64decode(payload, validate=True), type=_Solution)
    except (ValueError, msgspec.DecodeError) as error:
        raise Problem(CAPTCHA_REQUIRED) from error


def _is_first(challenge: str) -> bool:
    """Whether nobody spent it before. The name is the challenge's digest, which nobody but us can sign a second of."""
    try:
        kept = connection().set(f"proof:{challenge}", 1, nx=True, ex=int(COUNTS_FOR.total_seconds()) + 60)
    except RedisError as error:
        raise Problem(STORAGE_UNAVAILABLE) from error
    return bool(kept)


def _key() -> str:
    return salted_hmac("gatehouse.proof-of-work", "challenges", algorithm="sha256").hexdigest()
