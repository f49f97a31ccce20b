"""The broker's addresses; who answers for grants is said by the composition root."""

from django.urls import URLPattern, path

from broker.grants import GrantSource
from broker.views import issuers_page, keys_page, stops_page, token_life_page, well_known
from broker.views.authorize import AuthorizeView
from broker.views.consents import ConsentView
from broker.views.introspection import IntrospectionView
from broker.views.revocation import RevocationView
from broker.views.stops import RevocationsView
from broker.views.token import TokenView


def broker_urls(grants: GrantSource) -> list[URLPattern]:
    """The addresses, with the source of grants plugged in."""
    return [*_protocol(grants), *_well_known(), *_pages()]


def _protocol(grants: GrantSource) -> list[URLPattern]:
    return [
        path("oauth/authorize", AuthorizeView.as_view(grants=grants), name="oauth-authorize"),
        path("oauth/token", TokenView.as_view(grants=grants), name="oauth-token"),
        path("oauth/introspect", IntrospectionView.as_view(), name="oauth-introspect"),
        path("oauth/revoke", RevocationView.as_view(), name="oauth-revoke"),
        path("oauth/revocations", RevocationsView.as_view(), name="oauth-revocations"),
        path("oauth/consents", ConsentView.as_view(grants=grants), name="oauth-consents"),
    ]


def _well_known() -> list[URLPattern]:
    resource = ".well-known/oauth-protected-resource"
    return [
        path(".well-known/jwks.json", well_known.key_set, name="jwks"),
        path(".well-known/oauth-authorization-server", well_known.authorization_server, name="oauth-metadata"),
        path(resource, well_known.protected_resource),
        path(f"{resource}/api/v1", well_known.protected_resource, name="resource-metadata"),
    ]


def _pages() -> list[URLPattern]:
    return [
        path("apps/<slug:slug>/keys/", keys_page.keys, name="app-keys"),
        path("apps/<slug:slug>/keys/revoke/", keys_page.revoke, name="app-keys-revoke"),
        path("apps/<slug:slug>/keys/secrets/", keys_page.make_secret, name="app-keys-secret"),
        path("apps/<slug:slug>/keys/secrets/retire/", keys_page.retire_secrets, name="app-keys-retire"),
        path("apps/<slug:slug>/keys/addresses/", keys_page.addresses, name="app-keys-addresses"),
        path("apps/<slug:slug>/keys/websites/", keys_page.websites, name="app-keys-websites"),
        path("w/<slug:workspace>/issuers/", issuers_page.issuers_page, name="issuers"),
        path("w/<slug:workspace>/issuers/<uuid:issuer_id>/drop/", issuers_page.drop_issuer, name="issuer-drop"),
        path("platform/controls/access/", stops_page.stops_page, name="stops"),
        path("platform/controls/token-life/", token_life_page.token_life_page, name="token-life"),
        path("platform/controls/token-life/lift/", token_life_page.lift, name="token-life-lift"),
    ]
