"""What an installation can do beyond what every one can: rooms announce it when they start, templates need it.

A template may need what no room does yet. It can be read and reviewed then, and nobody can make an app of it.
"""

import enum


class Ability(enum.StrEnum):
    """One thing that a document may need."""

    PUBLIC_UPLOADS = "public_uploads"
    PROOF_OF_WORK = "proof_of_work"
    PUBLIC_READ = "public_read"
    CUSTOMER_KEYS = "customer_keys"
    PERSONAL_DATA_SCAN = "personal_data_scan"
    SECRETS_SCAN = "secrets_scan"
    LISTED_WEBSITES = "listed_websites"
    ARCHIVING = "archiving"
    SMALLER_PICTURES = "smaller_pictures"

    @property
    def words(self) -> str:
        """The ability as one of the things in a sentence of what is missing."""
        return _WORDS[self]


_WORDS = {
    Ability.PUBLIC_UPLOADS: "uploads by people who haven't signed in",
    Ability.PROOF_OF_WORK: "the check that a person is there",
    Ability.PUBLIC_READ: "files that anyone may open",
    Ability.CUSTOMER_KEYS: "encryption with your own key",
    Ability.PERSONAL_DATA_SCAN: "the search for personal data",
    Ability.SECRETS_SCAN: "the search for passwords and keys",
    Ability.LISTED_WEBSITES: "websites that a template lists",
    Ability.ARCHIVING: "moving old files to the archive",
    Ability.SMALLER_PICTURES: "smaller pictures",
}

_here: set[Ability] = set()


def announce(*abilities: Ability) -> None:
    """Say that this installation can do these. For rooms, when they start."""
    _here.update(abilities)


def here() -> frozenset[Ability]:
    """What this installation can do."""
    return frozenset(_here)
