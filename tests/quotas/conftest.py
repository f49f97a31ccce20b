"""A tenant with two workspaces, and people who upload into both."""

from tests.gateway.conftest import transactional_db

__all__ = ["transactional_db"]
