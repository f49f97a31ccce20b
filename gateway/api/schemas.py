"""The shapes of requests. What a request may not hold is refused with the field that is wrong."""

from typing import Annotated, Any

import msgspec

from gateway.starting import UploadRequest
from kernel.object_keys import Area

MAX_ITEMS = 100
Path = Annotated[str, msgspec.Meta(min_length=1, max_length=8_000, description="Folders and name, from the app's root")]
FolderPath = Annotated[str, msgspec.Meta(max_length=8_000, description="A folder's path; empty is the app's root")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]
MetadataName = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
MetadataValue = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
PartNumber = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
Id = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class CreateFolder(msgspec.Struct, forbid_unknown_fields=True):
    """A folder, with those above it."""

    path: Path


class StartUpload(msgspec.Struct, forbid_unknown_fields=True):
    """One file that wants in. Size in bytes; sha256 as 64 hex digits; `multipart` from 5 MiB on.

    With `replace` it takes the place of the file of its path, which is kept as an older version.
    """

    path: Path
    size: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    content_type: Annotated[str, msgspec.Meta(max_length=255)]
    sha256: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$")] = ""
    metadata: Annotated[dict[MetadataName, MetadataValue], msgspec.Meta(max_length=10)] = {}
    multipart: bool = False
    replace: bool = False

    def announced(self) -> UploadRequest:
        """As the operation takes it."""
        return UploadRequest(
            self.path, self.size, self.content_type, self.sha256, self.metadata, self.multipart, self.replace
        )


class ChangeFile(msgspec.Struct, forbid_unknown_fields=True):
    """What is to be different: the name, the folder (by its path), or both."""

    name: Name | None = None
    folder: FolderPath | None = None


class ChangeFolder(msgspec.Struct, forbid_unknown_fields=True):
    """What is to be different: the name, the folder above (by its path), or both."""

    name: Name | None = None
    parent: FolderPath | None = None


class SignParts(msgspec.Struct, forbid_unknown_fields=True):
    """The parts to sign."""

    numbers: Annotated[list[PartNumber], msgspec.Meta(min_length=1, max_length=MAX_ITEMS)]


class SentPart(msgspec.Struct, forbid_unknown_fields=True):
    """A part as storage answered to it."""

    number: PartNumber
    etag: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]


class CompleteUpload(msgspec.Struct, forbid_unknown_fields=True):
    """Nothing is needed: the server looks itself. Parts that are named must be exactly those that storage has."""

    parts: Annotated[list[SentPart], msgspec.Meta(max_length=10_000)] = []

    def named(self) -> list[tuple[int, str]]:
        """The parts as the operation takes them; ETags come with quotes or without."""
        return [(part.number, part.etag.strip('"')) for part in self.parts]


class CompleteItem(CompleteUpload, forbid_unknown_fields=True, kw_only=True):
    """One of many uploads to complete."""

    id: Id


class SignUrl(msgspec.Struct, forbid_unknown_fields=True):
    """The file itself, or its small picture."""

    variant: Annotated[str, msgspec.Meta(pattern="^(original|thumbnail|preview)$")] = "original"

    def area(self) -> Area:
        """Where that stands."""
        return {"thumbnail": Area.THUMBS, "preview": Area.PREVIEWS}.get(self.variant, Area.FILES)


class SignUrlItem(SignUrl, forbid_unknown_fields=True, kw_only=True):
    """One of many files to open."""

    id: Id


class Batch(msgspec.Struct, forbid_unknown_fields=True):
    """Up to a hundred items, each as the single operation takes it."""

    items: Annotated[list[Any], msgspec.Meta(min_length=1, max_length=MAX_ITEMS)]
