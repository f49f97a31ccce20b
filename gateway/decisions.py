"""Whether an app may take a file now, as its policy and the controls above it say."""

from kernel.decisions import Denied
from marketplace.installations import InstalledPolicy, ceiling_of, policy_of
from policy.engine import decide
from policy.wishes import UploadWish
from storage.models import Upload
from tenancy.models import MicroApp


def labels_of(app: MicroApp, policy: InstalledPolicy, wish: UploadWish) -> dict[str, str]:
    """The labels that the object must carry. Raises the Problem of a denial. Must run in the tenant's scope."""
    decision = decide(policy.document, wish, ceiling_of(app))
    if isinstance(decision, Denied):
        raise decision.as_problem()
    return dict(decision.labels)


def require_still_allowed(app: MicroApp, upload: Upload) -> InstalledPolicy:
    """The policy under which more may be signed for a started upload: the app may have been paused meanwhile.

    Raises the Problem of a denial. Must run in the tenant's scope.
    """
    policy = policy_of(app)
    labels_of(app, policy, UploadWish(upload.name, upload.declared_size, upload.content_type, policy.region))
    return policy
