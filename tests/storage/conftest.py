"""What the tests of storage share with those of the gateway."""

from tests.gateway.conftest import bucket, person, stranger, transactional_db

__all__ = ["bucket", "person", "stranger", "transactional_db"]
