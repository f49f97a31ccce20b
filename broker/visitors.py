"""Visitors of public apps: nobody knows who they are, so a proof of work stands in for signing in.

One proof gives one token that may add files and nothing else. Whoever wants in sends the digests of the words that
they agreed to along with it; the record keeps those beside the visitor's token.
"""

from collections.abc import Sequence

from admission.proof_of_work import Purpose, spend
from audit.actions import AuditAction
from audit.record import record
from broker.grants import ConsentNeeded
from broker.oauth_errors import OAuthError
from kernel.errors import CAPTCHA_REQUIRED, Problem
from kernel.identifiers import new_id
from policy.actions import Action
from tenancy.models import MicroApp
from tenancy.principals import PrincipalKind, visitor_principal

PROOF = "urn:gatehouse:params:oauth:token-type:proof-of-work"
ACTIONS = frozenset({Action.FILES_WRITE})


def new_visitor(proof: str, publishable_id: str) -> str:
    """The principal of whoever brings a proof for this app.

    Raises OAuthError `access_denied` for one that doesn't count, Problem where nobody can say.
    """
    try:
        spend(proof, Purpose.UPLOAD, publishable_id)
    except Problem as problem:
        if problem.type is not CAPTCHA_REQUIRED:
            raise
        raise OAuthError.of_problem("access_denied", CAPTCHA_REQUIRED) from problem
    return str(visitor_principal(new_id()))


def is_visitor(principal: str) -> bool:
    """Whether a token's subject is a visitor."""
    return principal.startswith(f"{PrincipalKind.VISITOR}:")


def agreed_to(
    principal: str, versions: str, app: MicroApp, asked: Sequence[ConsentNeeded]
) -> tuple[ConsentNeeded, ...]:
    """Those of them to whose words, as they are now, the visitor agreed; recorded. Must run in the tenant's scope.

    `versions` are the words' digests, with spaces between.
    """
    named = set(versions.split(" "))
    given = tuple(needed for needed in asked if needed.version in named)
    for needed in given:
        record(
            AuditAction.CONSENT_GIVEN,
            actor=principal,
            app_id=app.id,
            subject=principal,
            surface=needed.surface,
            version=needed.version,
        )
    return given
