"""OPA bundles in and out."""

import gzip
import io
import json
import tarfile

import pytest

from policy.rego import asking
from policy.rego.bundles import MAX_BUNDLE_BYTES, BundleError, read, write
from tests.policy.rego_modules import INVOICES, PREFIX


def packed(files: dict[str, bytes], **kinds: bytes) -> bytes:
    """A gzipped tar of some files; `kinds` makes one of them a link or another special file."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for name, raw in files.items():
            described = tarfile.TarInfo(name)
            described.type = kinds.get(name.replace(".", "_"), tarfile.REGTYPE)
            described.size = len(raw) if described.isreg() else 0
            described.linkname = "/etc/passwd" if not described.isreg() else ""
            archive.addfile(described, io.BytesIO(raw))
    return gzip.compress(content.getvalue(), mtime=0)


def refusal(raw: bytes) -> str:
    with pytest.raises(BundleError) as error:
        read(raw)
    return str(error.value)


def test_a_module_comes_back_as_it_went() -> None:
    assert read(write(INVOICES)) == INVOICES


def test_the_same_module_makes_the_same_bytes_and_they_are_a_bundle() -> None:
    assert write(INVOICES) == write(INVOICES)
    with tarfile.open(fileobj=io.BytesIO(write(INVOICES)), mode="r:gz") as archive:
        names = archive.getnames()
        manifest = json.load(archive.extractfile("/.manifest") or io.BytesIO())
    assert names == ["/.manifest", "/data.json", "/gatehouse/template/policy.rego"]
    assert manifest["roots"] == ["gatehouse/template"]
    assert manifest["revision"].startswith("sha256:")


def test_values_become_rules_of_the_same_meaning() -> None:
    module = PREFIX + "deny contains input.file.name if input.file.size > limits.most"
    values = json.dumps({"gatehouse": {"template": {"limits": {"most": 10}}}}).encode()
    joined = read(packed({"policy.rego": module.encode(), "data.json": values}))
    found = asking.inspector().module(joined)
    assert asking.local().ask(found, b'{"file": {"name": "large", "size": 11}}') == {"deny": ["large"]}
    assert asking.local().ask(found, b'{"file": {"name": "small", "size": 10}}') == {"deny": []}


def test_tests_that_came_along_are_left_behind() -> None:
    assert read(packed({"a.rego": b"package a", "a_test.rego": b"package a_test"})) == "package a"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "not a bundle"),
        (b"PK\x03\x04", "not a bundle"),
        (b"\x1f\x8b\x08\x00broken", "not a bundle"),
        (gzip.compress(b"no tar" * 200, mtime=0), "not a bundle"),
        (write(INVOICES)[:-20], "not a bundle"),
        (b"x" * (MAX_BUNDLE_BYTES + 1), "more than 256,000 bytes"),
        (gzip.compress(bytes(50_000_000), mtime=0), "unfolds to more"),
        (packed({"a.json": b"{}"}), "this one has 0"),
        (packed({"a.rego": b"x", "b.rego": b"x"}), "this one has 2"),
        (packed({"a.rego": b"x", "link": b""}, link=tarfile.SYMTYPE), "links"),
        (packed({"a.rego": b"x", "pipe": b""}, pipe=tarfile.FIFOTYPE), "links"),
        (packed({"a.rego": b"x", "./a.rego": b"y"}), "a name twice"),
        (packed({"a.rego": b"x", "../../etc/passwd": b"y"}), "links"),
        (packed({f"{number}.json": b"" for number in range(60)}), "too many files"),
        (packed({"a.rego": b"\xff\xfe"}), "not text in UTF-8"),
        (packed({"a.rego": b"x", ".manifest": b'{"roots": [""]}'}), "root must be"),
        (packed({"a.rego": b"x", ".manifest": b"[]"}), "root must be"),
        (packed({"a.rego": b"x", "data.json": b'{"other": 1}'}), "outside"),
        (packed({"a.rego": b"x", "data.json": b'{"gatehouse": {"template": {"a b": 1}}}'}), "plain names"),
        (packed({"a.rego": b"x", "data.json": b'{"a": 1, "a": 2}'}), "twice"),
        (packed({"a.rego": b"x", "data.json": b"[" * 100 + b"]" * 100}), "deep"),
    ],
)  # fmt: skip
def test_what_is_no_bundle_of_a_template_is_refused_in_words(raw: bytes, words: str) -> None:
    assert words in refusal(raw)
