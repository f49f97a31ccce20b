"""The gateway's people and apps serve here too."""

from tests.gateway.conftest import bucket, person, stranger  # noqa: F401 - fixtures
