"""How much room is left, by the name that the API's modules know it."""

from admission.room_headers import headers_unasked, hearsay, rate_headers

__all__ = ["headers_unasked", "hearsay", "rate_headers"]
