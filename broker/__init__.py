"""The token broker: a signed-in person becomes a token for one app, a few actions, a few minutes.

It knows grants, not templates: what an app may do comes to it as a value.
"""
