"""The answer to the broker's question: how far may a token of this app reach for this person?"""

from broker.grants import ConsentNeeded, Grant
from kernel.decisions import Denied
from kernel.sizes import in_words
from marketplace.consent_words import consent_words
from marketplace.installations import actions_for, policy_of
from policy.engine import decide
from policy.narrowing import Reach
from policy.wishes import Ceiling, ExchangeWish
from tenancy.models import MicroApp
from tenancy.roles import Role


def grant_for(app: MicroApp, role: Role | None) -> Grant | None:
    """The most that the app's policy and a person's role allow together; None when that is nothing.

    Without a role it is the app itself that asks, from a server: all that its policy allows.
    """
    policy = policy_of(app)
    actions = policy.actions if role is None else actions_for(policy, role)
    if not actions:
        return None

    def objection(reach: Reach) -> Denied | None:
        wish = ExchangeWish(reach.actions, reach.prefix, role or "app", policy.region)
        decision = decide(policy.document, wish, Ceiling(actions=actions))
        return decision if isinstance(decision, Denied) else None

    words, uploads = consent_words(app, policy), policy.document.uploads
    return Grant(
        reach=Reach(actions, "", policy.document.tokens.ttl_seconds),
        template=policy.template,
        consent=ConsentNeeded(words.surface, words.version, words.lines),
        limits={
            "max_bytes": uploads.max_bytes,
            "max_words": in_words(uploads.max_bytes),
            "types": list(uploads.types),
        },
        objection=objection,
    )
