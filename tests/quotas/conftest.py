"""A tenant with two workspaces, and people who upload into both."""
