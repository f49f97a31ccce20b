"""libmagic with the rules that belong to it. Only this module imports `magic`: the order of imports matters.

`pylibmagic` brings a library and its rules, and points at those rules by the environment. A system's own
library, loaded first, would read rules of another version. So every machine judges alike and needs no package.
"""

import functools

# isort: off
import pylibmagic  # noqa: F401 - before `magic`, which loads the first library it finds when it is imported
import magic
# isort: on


def describe(head: bytes) -> tuple[str, str]:
    """The MIME type as libmagic names it, and the character set; `binary` for what isn't text."""
    content_type, _, charset = _rules().from_buffer(head).partition("; charset=")
    return content_type, charset


def version() -> str:
    """The library's version, which is that of its rules too."""
    number = int(magic.version())  # type: ignore[no-untyped-call]  # it ships half of its types
    return f"libmagic {number // 100}.{number % 100}"


@functools.cache
def _rules() -> magic.Magic:
    """One for the process; it locks itself around each call."""
    return magic.Magic(mime=True, mime_encoding=True)
