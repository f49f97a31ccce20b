"""Scanners of an organisation's own, asked by signed messages over HTTPS about files that nobody may open yet.

They can only add doubts: what any other engine refuses or holds, none of them lets in. docs/content-safety.md tells
their protocol.
"""
