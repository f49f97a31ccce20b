"""The marketplace's commands."""
