"""What clients may discover about us (RFC 8414, RFC 9728)."""

from typing import Any

from django.conf import settings

from broker.subjects import ACCESS_TOKEN, JWT, SESSION
from broker.tokens import audience
from policy.actions import Action

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
CLIENT_CREDENTIALS = "client_credentials"
AUTHORIZATION_CODE = "authorization_code"
REFRESH = "refresh_token"
_SECRET_METHODS = ["client_secret_basic", "client_secret_post"]


def authorization_server() -> dict[str, Any]:
    """RFC 8414 §2, with RFC 9207's promise that every authorization answer names its issuer."""
    issuer = settings.BROKER_ISSUER
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/oauth/authorize",
        "token_endpoint": f"{issuer}/oauth/token",
        "introspection_endpoint": f"{issuer}/oauth/introspect",
        "revocation_endpoint": f"{issuer}/oauth/revoke",
        "jwks_uri": f"{issuer}/.well-known/jwks.json",
        "scopes_supported": [str(action) for action in Action],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": [AUTHORIZATION_CODE, REFRESH, CLIENT_CREDENTIALS, EXCHANGE],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": [*_SECRET_METHODS, "none"],
        "introspection_endpoint_auth_methods_supported": _SECRET_METHODS,
        "revocation_endpoint_auth_methods_supported": [*_SECRET_METHODS, "none"],
        "introspection_signing_alg_values_supported": ["ES256"],
        "authorization_response_iss_parameter_supported": True,
        "authorization_details_types_supported": ["gatehouse_files"],
        "subject_token_types_supported": [SESSION, ACCESS_TOKEN, JWT],
        "protected_resources": [audience()],
    }


def protected_resource() -> dict[str, Any]:
    """RFC 9728 §2: the gateway, and who issues tokens for it."""
    return {
        "resource": audience(),
        "authorization_servers": [settings.BROKER_ISSUER],
        "jwks_uri": f"{settings.BROKER_ISSUER}/.well-known/jwks.json",
        "scopes_supported": [str(action) for action in Action],
        "bearer_methods_supported": ["header"],
        "resource_name": "Gatehouse",
        "resource_documentation": f"{settings.BROKER_ISSUER}/api/docs/",
    }
