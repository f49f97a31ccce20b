"""A template's own rules in Rego: they may refuse what the document allows, and label it; they never allow more.

This folder alone of the policy room starts processes, keeps time and may ask a server. Everything else stays values.
"""
