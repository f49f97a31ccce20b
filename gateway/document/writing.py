"""The document as text: the same bytes for the same document, so that what is committed can be compared."""

from typing import Any

import orjson
import yaml


class _Dumper(yaml.SafeDumper):
    """Never anchors: what stands twice is written twice, as readers expect."""

    def ignore_aliases(self, data: Any) -> bool:
        """Always."""
        return True


def as_json(document: dict[str, Any]) -> bytes:
    """Indented JSON in the document's own order."""
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def as_yaml(document: dict[str, Any]) -> bytes:
    """YAML in the document's own order. Quoted dates and numbers stay text, as JSON has them."""
    plain = orjson.loads(orjson.dumps(document))
    written: str = yaml.dump(plain, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)
    return written.encode()
