"""Scanner, storage and apps, as the scanners' own tests have them."""

from tests.scanning.conftest import app, bucket, clamd_url, store  # noqa: F401 - fixtures
