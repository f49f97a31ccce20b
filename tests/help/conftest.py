"""The gateway's person with an app serves here too."""

from tests.gateway.conftest import bucket, person

__all__ = ["bucket", "person"]
