"""The answer to the broker's question: how far may a token of this app reach for this person?"""

from broker.grants import ConsentNeeded, Grant
from kernel.sizes import in_words
from marketplace.consent_words import consent_words
from marketplace.installations import actions_for, policy_of
from policy.narrowing import Reach
from tenancy.models import Membership, MicroApp
from tenancy.roles import Role


def grant_for(app: MicroApp, membership: Membership) -> Grant | None:
    """The most that the app's policy and the person's role allow together; None when that is nothing."""
    policy = policy_of(app)
    actions = actions_for(policy, Role(membership.role))
    if not actions:
        return None
    words, uploads = consent_words(app, policy), policy.document.uploads
    return Grant(
        reach=Reach(actions, "", policy.document.tokens.ttl_seconds),
        template=policy.template,
        consent=ConsentNeeded(words.surface, words.version),
        limits={
            "max_bytes": uploads.max_bytes,
            "max_words": in_words(uploads.max_bytes),
            "types": list(uploads.types),
        },
    )
