"""The broker's commands."""
