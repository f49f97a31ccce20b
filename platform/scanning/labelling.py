"""Labels that a file's content gives it, over those of its template: what was found in it is protected as such.

A classification is only ever raised. It stands on the object, as tag and in its metadata, and on the file's row:
encryption, sharing and how long the file stays go by it.
"""

import functools
from collections.abc import Iterable, Mapping

from kernel.errors import FILE_HAS_PERSONAL_DATA, FILE_HAS_SECRETS
from policy.classification import CLASSES, CONTAINS, higher

_AT_LEAST = {FILE_HAS_SECRETS.code: "confidential", FILE_HAS_PERSONAL_DATA.code: "regulated"}
_FOUND = {FILE_HAS_SECRETS.code: "secrets", FILE_HAS_PERSONAL_DATA.code: "personal-data"}


def by_content(labels: Mapping[str, str], found: Iterable[str]) -> dict[str, str]:
    """The labels with what an owner released although it was found: problem codes, of which only some matter here."""
    codes = sorted(set(found) & _AT_LEAST.keys())
    if not codes:
        return dict(labels)
    highest = functools.reduce(higher, (_AT_LEAST[code] for code in codes), labels.get("classification", CLASSES[0]))
    return {**labels, "classification": highest, CONTAINS: " ".join(_FOUND[code] for code in codes)}
