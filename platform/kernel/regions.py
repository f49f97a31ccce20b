"""The regions that a template may name and an app may live in, with their names for people."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Region:
    """A place where objects are kept; `code` is the storage's own region name."""

    code: str
    place: str


_KNOWN = (
    Region("eu-central-1", "Frankfurt, Germany"),
    Region("eu-west-1", "Dublin, Ireland"),
    Region("us-east-1", "Virginia, United States"),
)
REGIONS = {region.code: region for region in _KNOWN}


def place_of(code: str) -> str:
    """The region's name for people; an unlisted code stands for itself."""
    region = REGIONS.get(code)
    return region.place if region else code
