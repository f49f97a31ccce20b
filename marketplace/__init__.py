"""Templates, the apps made from them, and the citizen developer's pages."""
