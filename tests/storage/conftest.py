"""What the tests of storage share with those of the gateway."""

from tests.gateway.conftest import bucket, person, stranger

__all__ = ["bucket", "person", "stranger"]
