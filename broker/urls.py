"""The broker's addresses; who answers for grants is said by the composition root."""

from django.urls import URLPattern, path

from broker.grants import GrantSource
from broker.views import ConsentView, TokenView, key_set


def broker_urls(grants: GrantSource) -> list[URLPattern]:
    """The addresses, with the source of grants plugged in."""
    return [
        path("oauth/token", TokenView.as_view(grants=grants), name="oauth-token"),
        path("oauth/consents", ConsentView.as_view(grants=grants), name="oauth-consents"),
        path(".well-known/jwks.json", key_set, name="jwks"),
    ]
