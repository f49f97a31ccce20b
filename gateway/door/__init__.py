"""The door of a web process: bodies read without keeping a thread, and who is answered first when many come at once."""
