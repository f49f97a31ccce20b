"""Lifecycle's commands."""
