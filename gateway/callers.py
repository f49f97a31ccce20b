"""Who calls: the verified token, and the app that it speaks for."""

from dataclasses import dataclass

from broker.tokens import Claims
from kernel.errors import KEY_REVOKED, Problem
from tenancy.models import MicroApp


@dataclass(frozen=True, slots=True)
class Caller:
    """A token that was verified and admitted."""

    claims: Claims

    @property
    def actor(self) -> str:
        """The person or app behind the token, as the record keeps it."""
        return self.claims.subject

    def app(self) -> MicroApp:
        """The token's app. Must run in the tenant's scope. Raises Problem KEY_REVOKED when it is gone."""
        app: MicroApp | None = MicroApp.objects.filter(pk=self.claims.app).select_related("workspace").first()
        if app is None:
            raise Problem(KEY_REVOKED)
        return app
