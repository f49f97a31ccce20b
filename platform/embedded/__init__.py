"""Boots the real servers that Gatehouse stands on, for `make run` and for the tests.

Beside the house, not in it: nothing of the platform imports this room. Production brings its own servers and names
them in the same environment variables that this room fills.
"""
