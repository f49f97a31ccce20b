"""The gateway's person with an app serves here too."""

from tests.gateway.conftest import bucket, person, transactional_db

__all__ = ["bucket", "person", "transactional_db"]
