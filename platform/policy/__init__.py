"""The policy document, its rules and their decisions. Values in, values out: no Django, no clock, no network.

`policy.rego` alone is otherwise: a template's own module is evaluated in a child process with a deadline.
"""
