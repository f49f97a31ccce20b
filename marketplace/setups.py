"""Making an app in five steps that a person can watch: what fails, fails before anything is there.

Nothing is left behind by the steps before the app is made, so starting over begins from nothing. Each step runs in the
request that asks for it, under the setup's row lock: two windows don't make two apps, and a reload goes on.
"""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from kernel import clock
from kernel.decisions import Denied
from kernel.errors import NOT_ALLOWED, NOT_FOUND, POLICY_BROKEN, POLICY_UNAVAILABLE, Problem
from kernel.identifiers import new_id
from kernel.object_keys import Area, ObjectKey
from marketplace import installing
from marketplace.installations import policy_of
from marketplace.installing import Choices
from marketplace.models import Setup, TemplateVersion
from policy.actions import Action
from policy.engine import decide
from policy.wishes import UploadWish
from storage.object_store import object_store
from tenancy.addresses import app_id_of_slug
from tenancy.memberships import in_workspace
from tenancy.models import Membership

State = Setup.State


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what is said while it runs and once it is done, and what it does."""

    words: str
    done_words: str
    run: Callable[[Setup, Membership], None]


def begin(version: TemplateVersion, membership: Membership, choices: Choices, key: uuid.UUID) -> Setup:
    """A setup for this form; the same form sent again leads to the same one. Must run in the tenant's scope."""
    setup: Setup
    setup, _ = Setup.objects.get_or_create(
        created_by_id=membership.user_id,
        key=key,
        defaults={
            "tenant_id": membership.tenant_id,
            "workspace_id": membership.workspace_id,
            "version": version,
            "slug": installing.new_slug(choices.name),
            "choices": {
                "name": choices.name,
                "region": choices.region,
                "extra_permissions": sorted(choices.extra_permissions),
                "options": None if choices.options is None else sorted(choices.options),
            },
        },
    )
    return setup


def advance(setup_id: uuid.UUID) -> Setup:
    """Do the next step, if one is left and the last one didn't fail. Must run in the tenant's scope."""
    setup = _locked(setup_id)
    if setup.state != State.RUNNING:
        return setup
    try:
        with transaction.atomic():
            STEPS[setup.steps_done].run(setup, _maker(setup))
    except Problem as problem:
        setup.state, setup.problem, setup.problem_facts = State.FAILED, problem.type.code, problem.facts
    else:
        setup.steps_done += 1
    if setup.steps_done == len(STEPS):
        setup.state, setup.finished_at = State.DONE, clock.now()
    setup.save(update_fields=["state", "problem", "problem_facts", "steps_done", "app", "finished_at"])
    return setup


def retry(setup_id: uuid.UUID) -> Setup:
    """Try the step that failed again."""
    setup = _locked(setup_id)
    if setup.state == State.FAILED:
        setup.state, setup.problem, setup.problem_facts = State.RUNNING, "", {}
        setup.save(update_fields=["state", "problem", "problem_facts"])
    return setup


def unfinished(person: uuid.UUID) -> list[Setup]:
    """What somebody began in the last day and did not finish, the newest first."""
    since = clock.now() - dt.timedelta(days=1)
    return list(
        Setup.objects.filter(created_by_id=person, created_at__gte=since).exclude(state=State.DONE).order_by("-id")[:10]
    )


def choices_of(setup: Setup) -> Choices:
    """What was decided on the form."""
    chosen = setup.choices
    options = chosen.get("options")
    return Choices(
        name=chosen["name"],
        region=chosen["region"],
        extra_permissions=frozenset(Action(name) for name in chosen["extra_permissions"]),
        options=None if options is None else frozenset(options),
    )


def _locked(setup_id: uuid.UUID) -> Setup:
    rows = Setup.objects.select_for_update(of=("self",)).select_related("version__template")
    setup: Setup = rows.get(pk=setup_id)
    return setup


def _maker(setup: Setup) -> Membership:
    """Who makes it, as what they are now. Raises Problem NOT_ALLOWED for somebody who left meanwhile."""
    membership = in_workspace(setup.created_by_id, setup.workspace_id)
    if membership is None:
        raise Problem(NOT_ALLOWED)
    return membership


def _check_template(setup: Setup, maker: Membership) -> None:
    """Its signature, that it isn't withdrawn, that this installation can do what it needs, that the name is free."""
    installing.checked(setup.version, maker, choices_of(setup))


def _ask_storage(setup: Setup, maker: Membership) -> None:
    """A question about a key that can't be there: an answer is all that is wanted."""
    object_store().head(ObjectKey(setup.tenant_id, new_id(), Area.FILES, new_id()))


def _try_rules(setup: Setup, maker: Membership) -> None:
    """A sample and a file that is too large, before the rules as they will be enforced: they must answer, and hold."""
    document, region = setup.version.document, choices_of(setup).region
    limit, kind = document.uploads.max_bytes, document.uploads.types[0]
    sample = decide(document, UploadWish("sample", min(1000, limit), kind, region))
    if isinstance(sample, Denied) and sample.problem in {POLICY_BROKEN, POLICY_UNAVAILABLE}:
        raise sample.as_problem()
    if not isinstance(decide(document, UploadWish("sample", limit + 1, kind, region)), Denied):
        raise Problem(POLICY_BROKEN, why="its limit on the size of a file doesn't hold")


def _make_app(setup: Setup, maker: Membership) -> None:
    """App, address, space, limits and client, in one transaction."""
    setup.app = installing.install(setup.version, maker, choices_of(setup), setup.slug)


def _open_page(setup: Setup, maker: Membership) -> None:
    """Read back what binds the app, and follow its address, as the first visitor will."""
    app = setup.app
    if app is None or app_id_of_slug(setup.slug) != app.id:
        raise Problem(NOT_FOUND)
    policy_of(app)


STEPS = (
    Step("Checking the template's signature and the name", "The template is what was published", _check_template),
    Step("Asking storage whether it takes files", "Storage answers", _ask_storage),
    Step("Trying its rules on a sample", "Its rules answer, and its limits hold", _try_rules),
    Step("Making the app: its address, its space, its limits", "The app is there, with its own space", _make_app),
    Step("Opening its upload page", "The upload page is open", _open_page),
)
