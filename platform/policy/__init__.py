"""The policy document, its rules and their decisions. Values in, values out: no Django, no clock, no network."""
