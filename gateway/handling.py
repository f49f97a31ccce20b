"""What an app's policy wishes done with one file after it arrived, as it goes with the upload."""

from marketplace.installations import InstalledPolicy
from policy.shape import SMALLER_PICTURES
from storage.handling import VERSIONS, Handling


def handling_of(policy: InstalledPolicy, *, replace: bool = False, protected_key: str = "") -> Handling:
    """The wishes that hold now; what changes later changes later files."""
    document = policy.document
    return Handling(
        replace=replace,
        smaller_pictures=SMALLER_PICTURES in policy.chosen,
        bare_pictures=document.pictures is not None and document.pictures.metadata == "strip",
        protected_key=protected_key,
        versions=VERSIONS if document.versions is None else document.versions,
        version_days=document.lifecycle.trash_days,
        archive_days=document.lifecycle.archive_after_days,
        minimum_days=document.retention.minimum_days,
        by_label=document.lifecycle.labels or (),
    )
