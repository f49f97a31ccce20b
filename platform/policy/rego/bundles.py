"""OPA bundles in and out: a gzipped tar with `.manifest`, one module and `data.json`.

Reading trusts nothing: sizes are bounded while unpacking, nothing is written to disk, and names are only compared.
"""

import gzip
import io
import json
import re
import tarfile
import zlib
from collections.abc import Mapping
from typing import Any

from kernel.language import number, said
from policy.canonical import digest
from policy.rego.port import MAX_MODULE_CHARACTERS
from policy.strict_json import NotStrictJSONError, load

ROOT = "gatehouse/template"
MAX_BUNDLE_BYTES = 256_000
_MAX_UNPACKED_BYTES = 1_000_000
_MAX_FILES = 50
_NAME = re.compile(r"[a-z_][a-z0-9_]*")


class BundleError(ValueError):
    """The bundle can't be taken; its text is a sentence for who brought it."""


def write(module: str) -> bytes:
    """The bundle of one module, byte for byte the same for the same module."""
    manifest = {"revision": digest(module), "roots": [ROOT], "rego_version": 1}
    files = {".manifest": json.dumps(manifest), "data.json": "{}", f"{ROOT}/policy.rego": module}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, text in files.items():
            described = tarfile.TarInfo(f"/{name}")
            described.size, described.mode = len(text.encode()), 0o644
            archive.addfile(described, io.BytesIO(text.encode()))
    return gzip.compress(packed.getvalue(), mtime=0)


def read(raw: bytes) -> str:
    """The module of a bundle, with the values of its `data.json` written into it as rules. Raises BundleError."""
    files = _unpacked(raw)
    _check_roots(_json(files.get(".manifest", b"{}"), ".manifest"))
    modules = [name for name in files if name.endswith(".rego") and not name.endswith("_test.rego")]
    if len(modules) != 1:
        raise BundleError(said("A template's bundle has one module; this one has {count}.").format(count=len(modules)))
    values = _json(files.get("data.json", b"{}"), "data.json")
    return _with_values(_text(files[modules[0]], modules[0]), values)


def _unpacked(raw: bytes) -> dict[str, bytes]:
    if len(raw) > MAX_BUNDLE_BYTES:
        raise BundleError(said("The bundle has more than {most} bytes.").format(most=number(MAX_BUNDLE_BYTES)))
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
            content = packed.read(_MAX_UNPACKED_BYTES + 1)
        if len(content) > _MAX_UNPACKED_BYTES:
            raise BundleError(
                said("The bundle unfolds to more than {most} bytes.").format(most=number(_MAX_UNPACKED_BYTES))
            )
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            return _files(archive)
    except (OSError, EOFError, zlib.error, tarfile.TarError, ValueError) as error:
        if isinstance(error, BundleError):
            raise
        raise BundleError(said("This is not a bundle: a gzipped tar is expected.")) from error


def _files(archive: tarfile.TarFile) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for member in archive:
        name = member.name.removeprefix("./").lstrip("/")
        if member.isdir():
            continue
        if not member.isreg() or ".." in name.split("/") or name in files or len(files) >= _MAX_FILES:
            raise BundleError(said("The bundle has links, special files, a name twice, or too many files."))
        opened = archive.extractfile(member)
        files[name] = opened.read() if opened else b""
    return files


def _check_roots(manifest: Any) -> None:
    """A bundle of a wider root could carry values for other packages, which would be lost without a word."""
    roots = manifest.get("roots", [ROOT]) if isinstance(manifest, dict) else []
    if roots != [ROOT]:
        raise BundleError(said("The bundle's root must be {root}.").format(root=ROOT))


def _with_values(module: str, values: Any) -> str:
    """A value under the package's own root means what a rule of that name means, so it becomes one."""
    own = values
    for step in ROOT.split("/"):
        if not isinstance(own, dict) or set(own) - {step}:
            raise BundleError(said("data.json holds values outside {root}.").format(root=ROOT))
        own = own.get(step, {})
    rules = "".join(f"\n{name} := {json.dumps(value)}\n" for name, value in _named(own).items())
    if len(module) + len(rules) > MAX_MODULE_CHARACTERS:
        words = said("Module and values together have more than {most} characters.")
        raise BundleError(words.format(most=number(MAX_MODULE_CHARACTERS)))
    return module + rules


def _named(values: Any) -> Mapping[str, Any]:
    if not isinstance(values, dict) or not all(_NAME.fullmatch(name) for name in values):
        raise BundleError(said("The values in data.json need plain names: small letters, digits and _."))
    return values


def _json(raw: bytes, name: str) -> Any:
    try:
        return load(raw, _MAX_UNPACKED_BYTES)
    except NotStrictJSONError as error:
        raise BundleError(f"{name} {error}") from error


def _text(raw: bytes, name: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BundleError(said("{name} is not text in UTF-8.").format(name=name)) from error
