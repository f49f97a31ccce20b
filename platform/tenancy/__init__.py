"""Tenants, workspaces, members and apps, and the walls between tenants."""
