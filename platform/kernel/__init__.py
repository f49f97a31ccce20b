"""Words that every room shares: errors, decisions, sizes, paths, keys, identifiers, regions, time. No Django."""
