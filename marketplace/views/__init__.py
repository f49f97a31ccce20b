"""The citizen developer's pages."""
