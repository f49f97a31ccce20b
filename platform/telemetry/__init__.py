"""Logs with redaction, and the request that they belong to."""
