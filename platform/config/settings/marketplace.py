"""Templates: who vouches for them, who evaluates their rules, and who may read them before publication."""

from config.settings import environment as env

TEMPLATE_SIGNING_KEY = env.text("TEMPLATE_SIGNING_KEY")
"""PEM of an EC P-256 private key, which signs published versions; a public key where a process never publishes."""

TEMPLATE_TRUSTED_KEYS = env.optional("TEMPLATE_TRUSTED_KEYS")
"""PEMs of public keys, one after the other, whose signatures are still good after a change of the key."""

OPA_URL = env.optional("OPA_URL")
"""An OPA server that evaluates templates' rules instead of this process's own engines."""

OPA_TOKEN = env.optional("OPA_TOKEN")

REVIEW_MODEL_URL = env.optional("REVIEW_MODEL_URL")
"""An OpenAI-compatible endpoint, as https://host/v1, that may add findings to reviews. Empty: none is asked."""

REVIEW_MODEL_NAME = env.optional("REVIEW_MODEL_NAME")
REVIEW_MODEL_KEY = env.optional("REVIEW_MODEL_KEY")

PROOF_OF_WORK_NUMBER = env.whole_number("PROOF_OF_WORK_NUMBER", 100_000)
"""How far a browser searches, at most, to prove that a person is there: about a second on a phone of today."""
