"""A program that speaks HTTP, one for all tests: each new one would read all certificate authorities, for 0.1 s.

It keeps no connection, since tests stop servers and start them again.
"""

import httpx2

web = httpx2.Client(verify=False, limits=httpx2.Limits(max_keepalive_connections=0))
