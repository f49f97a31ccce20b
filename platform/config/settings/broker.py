"""The token broker's keys and lifetimes."""

from typing import Any

from config.settings import environment as env

BROKER_SIGNING_KEY = env.text("BROKER_SIGNING_KEY")
"""PEM of an EC P-256 private key; tokens are signed by it with ES256."""

BROKER_PREVIOUS_KEYS = env.optional("BROKER_PREVIOUS_KEYS")
"""PEMs of public or private keys, one after the other, that still verify tokens after a rotation."""

SIGNING_KEY_DAYS = env.whole_number("SIGNING_KEY_DAYS", 90)
"""After how many days the scheduler makes a new signing key; 0: only `manage.py rotate_signing_keys` does."""

BROKER_ISSUER = env.text("SITE_URL").rstrip("/")
BROKER_CLOCK_SKEW_SECONDS = 10

OUTBOUND_PRIVATE_ADDRESSES_ALLOWED = env.flag("OUTBOUND_PRIVATE_ADDRESSES_ALLOWED", default=False)
"""Whether addresses that people give (key sets, webhooks) may be on a private network, and plain HTTP."""

OAUTH2_PROVIDER: dict[str, Any] = {
    "OAUTH2_VALIDATOR_CLASS": "broker.codes.Validator",
    "SCOPES_BACKEND_CLASS": "broker.codes.Scopes",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 600,
    "REFRESH_TOKEN_EXPIRE_SECONDS": 30 * 24 * 3600,
    "PKCE_REQUIRED": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https", "http"] if env.DEVELOPMENT else ["https"],
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    # OAuth 2.0 Security Best Current Practice (RFC 9700): each clause that the library leaves to the operator.
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_MATCHING": True,
    "COMPLIANT_BCP_RFC9700_PKCE_REQUIRED": True,
}

APP_REQUESTS_PER_MINUTE = env.whole_number("APP_REQUESTS_PER_MINUTE", 600)
APP_REQUESTS_BURST = env.whole_number("APP_REQUESTS_BURST", 120)

OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth2_provider.Application"
"""The unswapped client; written out since our migrations name it."""
