"""The append-only record of what happened, to whose things, by whom."""
