"""Looking inside files of strangers, in a child process that may die of what it reads.

These modules import the standard library and readers of formats, never the platform: the child has no environment, no
settings, no connection. What leaves it are codes, counts and words of our own; never a piece of the file.
"""
