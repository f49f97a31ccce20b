"""What a template is for, told from what it enforces, so no author can choose its shelf."""

import enum

from policy.document import Document


class Category(enum.StrEnum):
    """A shelf of the catalogue. A template may stand on several."""

    PICTURES = "pictures"
    DOCUMENTS = "documents"
    TABLES = "tables"
    PUBLIC = "outside"
    PROTECTED = "protected"

    @property
    def words(self) -> str:
        """The shelf's label."""
        return _WORDS[self]


_WORDS = {
    Category.PICTURES: "Pictures",
    Category.DOCUMENTS: "Documents",
    Category.TABLES: "Tables and data",
    Category.PUBLIC: "Files from people outside",
    Category.PROTECTED: "Confidential and regulated files",
}
_TABLES = frozenset({
    "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.spreadsheet",
})  # fmt: skip


def categories_of(document: Document) -> frozenset[Category]:
    """Every shelf that it belongs on; by its files, who brings them, and how protected they are."""
    types = set(document.uploads.types)
    pictures = {name for name in types if name.startswith("image/")}
    belongs = {
        Category.PICTURES: len(pictures) * 2 > len(types),
        Category.TABLES: bool(types & _TABLES) and len(types & _TABLES) * 2 >= len(types),
        Category.DOCUMENTS: bool(types - pictures - _TABLES),
        Category.PUBLIC: document.audience == "public",
        Category.PROTECTED: document.classification.default in {"confidential", "regulated"},
    }
    return frozenset(category for category, holds in belongs.items() if holds)
