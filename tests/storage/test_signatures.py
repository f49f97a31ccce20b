"""Our signatures against botocore's: for the same request both must come to the same text."""

import datetime as dt
from urllib.parse import parse_qs, quote, urlsplit

import time_machine
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from storage.signing import Signer, sign_get, sign_put

NOW = dt.datetime(2026, 11, 23, 20, 0, 0, tzinfo=dt.UTC)
SIGNER = Signer("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "eu-central-1")
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)


def botocores(method: str, path: str, query: dict[str, str], headers: dict[str, str], lives: int) -> str:
    encoded = "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in query.items())
    url = f"https://s3.example{quote(path, safe='/-_.~')}?{encoded}"
    request = AWSRequest(method, url, headers=headers)
    credentials = Credentials(SIGNER.access_key_id, SIGNER.secret_access_key)
    with time_machine.travel(NOW, tick=False):
        S3SigV4QueryAuth(credentials, "s3", SIGNER.region, expires=lives).add_auth(request)
    return str(request.url)


def signature(url: str) -> str:
    return parse_qs(urlsplit(url).query)["X-Amz-Signature"][0]


@given(st.integers(1, 10_000), st.integers(1, 2**40), st.integers(1, 300), TEXTS)
def test_a_parts_address_is_signed_as_botocore_signs_it(number: int, size: int, lives: int, upload: str) -> None:
    query = {"partNumber": str(number), "uploadId": upload}
    ours = sign_put(
        SIGNER, host="s3.example", path="/bucket/t/a/quarantine/u", query=query, size=size, lives_seconds=lives, now=NOW
    )
    theirs = botocores("PUT", "/bucket/t/a/quarantine/u", query, {"content-length": str(size)}, lives)
    assert signature(ours) == signature(theirs)


@given(TEXTS, st.integers(1, 300))
def test_a_link_is_signed_as_botocore_signs_it(disposition: str, lives: int) -> None:
    query = {"response-content-disposition": disposition}
    ours = sign_get(SIGNER, host="s3.example", path="/bucket/a b/ü", query=query, lives_seconds=lives, now=NOW)
    assert signature(ours) == signature(botocores("GET", "/bucket/a b/ü", query, {}, lives))


def test_the_length_is_among_the_signed_headers() -> None:
    url = sign_put(SIGNER, host="h", path="/b/k", query={}, size=5, lives_seconds=1, now=NOW)
    assert parse_qs(urlsplit(url).query)["X-Amz-SignedHeaders"] == ["content-length;host"]
