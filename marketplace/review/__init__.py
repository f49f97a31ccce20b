"""The automated security review of templates, and the decisions of people that follow it."""
