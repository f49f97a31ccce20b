"""Who calls: the verified token, and the app that it speaks for."""

from collections.abc import Mapping
from dataclasses import dataclass

from broker.tokens import Claims
from marketplace import snapshots
from marketplace.installations import InstalledPolicy
from marketplace.snapshots import Snapshot
from tenancy.models import MicroApp


@dataclass(frozen=True, slots=True)
class Caller:
    """A token that was verified and admitted, with the app as it was when the gate let it in."""

    claims: Claims
    snapshot: Snapshot | None = None

    @property
    def actor(self) -> str:
        """The person or app behind the token, as the record keeps it."""
        return self.claims.subject

    def app(self) -> MicroApp:
        """The token's app with its workspace, never to be changed. Raises Problem KEY_REVOKED when it is gone."""
        return self.current().app

    def policy(self) -> InstalledPolicy:
        """What the app may do. Raises Problem as `snapshots.read` does."""
        return self.current().policy

    def relabelled(self, labels: Mapping[str, str]) -> dict[str, str]:
        """The labels as the platform's rules leave them. Raises Problem as `snapshots.read` does."""
        return self.current().relabelled(labels)

    def current(self) -> Snapshot:
        """The app and its policy as the gate let them in, else as they are now. Raises Problem as `snapshots.read`."""
        return self.snapshot or snapshots.read(self.claims.tenant, self.claims.app)
