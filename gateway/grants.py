"""The answer to the broker's question: how far may a token of this app reach for this person?"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from broker.grants import AppGrants, ConsentNeeded, Grant
from kernel.decisions import Denied
from kernel.errors import KEY_REVOKED, Problem
from kernel.sizes import in_words
from marketplace import snapshots
from marketplace.consent_words import ConsentWords, consents_of
from marketplace.installations import InstalledPolicy, actions_for
from marketplace.snapshots import Snapshot
from policy.actions import Action
from policy.engine import decide
from policy.narrowing import Reach
from policy.wishes import Ceiling, ExchangeWish
from tenancy.models import MicroApp
from tenancy.roles import Role

_Given = TypeVar("_Given")


@dataclass(frozen=True, slots=True)
class InstalledGrants:
    """What the policy of one installed app grants."""

    snapshot: Snapshot

    @property
    def app(self) -> MicroApp:
        """The app, with its workspace."""
        return self.snapshot.app

    def grant(self, role: Role | None) -> Grant | None:
        """The most that the app's policy and a person's role allow together; None when that is nothing.

        Without a role it is the app itself that asks, from a server: all that its policy allows.
        """
        policy = self.snapshot.policy
        actions = policy.actions if role is None else actions_for(policy, role)
        if not actions:
            return None
        uploads = policy.document.uploads
        return Grant(
            reach=Reach(actions, "", policy.document.tokens.ttl_seconds),
            template=policy.template,
            consents=tuple(needed(words) for words in consents_of(self.app, policy)),
            limits={
                "max_bytes": uploads.max_bytes,
                "max_words": in_words(uploads.max_bytes),
                "types": list(uploads.types),
            },
            objection=lambda reach: _objection(policy, reach, role, actions),
            held=self.snapshot.held,
            is_open_to_visitors=policy.document.audience == "public",
        )


def needed(words: ConsentWords) -> ConsentNeeded:
    """The words as the broker asks for them."""
    return ConsentNeeded(words.surface, words.version, words.lines, words.folder, words.is_required)


class _Installed:
    """The grants of whatever is installed here."""

    def __call__(self, publishable_id: str) -> InstalledGrants | None:
        """The grants of the app with this public name; None when there is no such app."""
        try:
            snapshot = snapshots.by_publishable_id(publishable_id)
        except Problem as problem:
            if problem.type is not KEY_REVOKED:
                raise
            return None
        return InstalledGrants(snapshot) if snapshot else None

    def decided(self, publishable_id: str, decide: Callable[[AppGrants], _Given]) -> _Given | None:
        """What `decide` makes of the app's grants, once more whenever the gate says that they are no longer so."""
        held = self(publishable_id)
        if held is None:
            return None
        app = held.app
        return snapshots.decided(app.tenant_id, app.id, lambda snapshot: decide(InstalledGrants(snapshot)))


grants = _Installed()


def _objection(policy: InstalledPolicy, reach: Reach, role: Role | None, actions: frozenset[Action]) -> Denied | None:
    wish = ExchangeWish(reach.actions, reach.prefix, role or "app", policy.region)
    decision = decide(policy.document, wish, Ceiling(actions=actions))
    return decision if isinstance(decision, Denied) else None
