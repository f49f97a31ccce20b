"""Help for people: every error explained, a guide of five minutes, recipes for tools without code."""
