"""How properties are searched for here."""

from hypothesis import settings

# A busy machine is no counterexample; the whole test has its own time limit.
settings.register_profile("gatehouse", deadline=None)
settings.load_profile("gatehouse")
