"""May this in, now? Revocation and rate in one atomic step at Redis."""
