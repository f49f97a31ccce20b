"""People: the User alone, so that the OAuth provider's migrations have no circle with tenancy."""
