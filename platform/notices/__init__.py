"""Telling owners and builders what happened, in the app, by e-mail and by webhook, with the button that helps."""
