"""The template document as one typed, frozen value: everything that an app made from it may do, costs and keeps.

What each field may hold stands in template.schema.json; what the fields may not say together, in contradictions.py.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from kernel.paths import is_within
from policy.actions import Action

SMALLER_PICTURES = "smaller-pictures"
"""The name of the choice that large pictures become smaller before they are stored."""

CONSENT_PLACEHOLDERS = ("workspace", "place", "kept")


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Permissions(_Part, frozen=True):
    """Actions that every app of the template has, and those that its maker may add."""

    required: tuple[Action, ...]
    optional: tuple[Action, ...] = ()

    @property
    def possible(self) -> frozenset[Action]:
        """The most that an app of the template can ever do."""
        return frozenset(self.required) | frozenset(self.optional)


class Uploads(_Part, frozen=True):
    """What may come in. Sizes in bytes, lifetimes in seconds."""

    types: tuple[str, ...]
    type_words: str
    max_bytes: int
    url_ttl_seconds: int


class Tokens(_Part, frozen=True):
    """How long a scoped token lives."""

    ttl_seconds: int


class Downloads(_Part, frozen=True):
    """How long a link to open a file lives."""

    url_ttl_seconds: int


class Scanning(_Part, frozen=True):
    """The engines that must all find a file clean, in this order."""

    engines: tuple[str, ...]


class LabelRule(_Part, frozen=True):
    """Files of these types get this kind."""

    types: tuple[str, ...]
    kind: str


class Classification(_Part, frozen=True):
    """How files are classified by themselves: the first rule that knows the type names the kind."""

    default: Literal["public", "internal", "confidential", "regulated"]
    kind: str
    rules: tuple[LabelRule, ...] = ()


class LabelTerms(_Part, frozen=True, omit_defaults=True):
    """Other days for the files of one label, a classification or a kind; None is what holds for all files."""

    classification: Literal["public", "internal", "confidential", "regulated"] | None = None
    kind: str | None = None
    minimum_days: int | None = None
    """At least so long, whatever else says sooner."""

    delete_after_days: int | None = None
    archive_after_days: int | None = None

    def fit(self, labels: Mapping[str, str]) -> bool:
        """Whether they hold for a file with these labels."""
        if self.classification is not None:
            return labels.get("classification") == self.classification
        return labels.get("kind") == self.kind


class Lifecycle(_Part, frozen=True, omit_defaults=True):
    """How long files stay, in days; None is for ever."""

    archive_after_days: int | None
    delete_after_days: int | None
    trash_days: int
    labels: tuple[LabelTerms, ...] | None = None


class Pictures(_Part, frozen=True):
    """What becomes of what pictures tell beside what they show: of camera, maker and place."""

    metadata: Literal["keep", "strip"]


class Retention(_Part, frozen=True):
    """The label that records managers know, and the days that a file must stay at least."""

    label: str
    minimum_days: int


class Encryption(_Part, frozen=True):
    """How objects are encrypted at rest, and whether the customer's own key is possible."""

    mode: Literal["sse-s3"]
    customer_key: Literal["unavailable", "optional", "required"]


class AppQuota(_Part, frozen=True):
    """The space that an app begins with."""

    app_bytes: int
    app_objects: int


class CostAssumptions(_Part, frozen=True):
    """What a typical month is taken to be."""

    currency: Literal["EUR"]
    files_per_month: int
    bytes_per_file: int
    downloads_per_file: int


class Option(_Part, frozen=True):
    """A choice that the app's maker has."""

    name: str
    label: str
    kind: Literal["boolean"]
    default: bool


class ConsentWords(_Part, frozen=True):
    """What a person agrees to before the first file, in lines; `{workspace}`, `{place}`, `{kept}` are filled in."""

    surface: str
    lines: tuple[str, ...]


class Surface(_Part, frozen=True):
    """A folder to which people agree apart: without that nothing comes into it or, where it is required, anywhere."""

    name: str
    folder: str
    lines: tuple[str, ...]
    required: bool = False

    def covers(self, path: str) -> bool:
        """Whether a file for this cleaned folder path needs the agreement."""
        return self.required or is_within(path, self.folder)


class Document(_Part, frozen=True):
    """One version of one template."""

    schema: Literal["gatehouse.template/1"]
    slug: str
    name: str
    version: str
    summary: str
    audience: Literal["team", "public"]
    permissions: Permissions
    uploads: Uploads
    tokens: Tokens
    downloads: Downloads
    scanning: Scanning
    classification: Classification
    regions: tuple[str, ...]
    lifecycle: Lifecycle
    retention: Retention
    encryption: Encryption
    quota: AppQuota
    costs: CostAssumptions
    consent: ConsentWords
    options: tuple[Option, ...] = ()
    rego: str | None = None
    captcha: Literal["proof_of_work"] | None = None
    public_read: Literal["after_review", "at_once"] | None = None
    origins: tuple[str, ...] | None = None
    pictures: Pictures | None = None
    versions: int | None = None
    """How many replaced ones of a file are kept, as long as the trash keeps things."""
    surfaces: tuple[Surface, ...] | None = None
    """Folders to which people agree apart; what `consent` says is about the whole app."""

    def consent_lines(self) -> Iterator[tuple[str, str]]:
        """Every line that people agree to, each after its JSON pointer (RFC 6901)."""
        for position, line in enumerate(self.consent.lines):
            yield f"/consent/lines/{position}", line
        for place, surface in enumerate(self.surfaces or ()):
            for position, line in enumerate(surface.lines):
                yield f"/surfaces/{place}/lines/{position}", line
