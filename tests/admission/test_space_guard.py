"""Who is full is refused before PostgreSQL is asked; but PostgreSQL decides, and what it frees is soon noticed."""

import time
from typing import Any

import pytest

from admission.asking import Ask, RefusedError
from admission.connection import connection
from admission.gate import admit
from admission.operations import Operation
from admission.space import app_guard, forget, guard, workspace_guard
from kernel.errors import QUOTA_APP_EXCEEDED, QUOTA_WORKSPACE_EXCEEDED
from kernel.sizes import in_words
from quotas.models import Quota
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope
from tests.admission.conftest import facts
from tests.gateway.conftest import new_person

pytestmark = pytest.mark.usefixtures("transactional_db")


@pytest.fixture
def app(transactional_db: None) -> MicroApp:
    """An app with room for 1000 bytes and three files, in a workspace with more."""
    made = new_person().app
    set_limits(made, bytes_limit=1000, objects_limit=3)
    return made


def set_limits(app: MicroApp, **limits: int) -> None:
    with tenant_scope(app.tenant_id):
        Quota.objects.filter(app=app).update(**limits)


def tell(app: MicroApp) -> None:
    """What happens when PostgreSQL refuses a reservation; kept long enough for a slow machine."""
    with tenant_scope(app.tenant_id):
        guard(app)
    for key in (app_guard(str(app.pk)), workspace_guard(str(app.workspace_id))):
        connection().pexpire(key, 60_000)


def wish(app: MicroApp, size: int, files: int = 1) -> Ask:
    token = facts(tenant=str(app.tenant_id), app=str(app.pk))
    workspace = str(app.workspace_id)
    return Ask.by(token, Operation.UPLOAD_START, hold_bytes=size, hold_objects=files, workspace=workspace)


def refusal_of(ask: Ask) -> RefusedError:
    with pytest.raises(RefusedError) as refusal:
        admit(ask)
    return refusal.value


def test_who_was_never_refused_is_not_guarded(app: MicroApp) -> None:
    admit(wish(app, 10**12))


def test_what_does_not_fit_is_refused_and_what_fits_is_let_in_once(app: MicroApp) -> None:
    tell(app)
    refusal = refusal_of(wish(app, 1001))
    assert (refusal.type, refusal.layer) == (QUOTA_APP_EXCEEDED, "app")
    assert refusal.user_message == f"{app.name} has used all of its {in_words(1000)}."
    admit(wish(app, 600))
    assert refusal_of(wish(app, 600)).type is QUOTA_APP_EXCEEDED
    admit(wish(app, 400))
    assert refusal_of(wish(app, 1)).type is QUOTA_APP_EXCEEDED


def test_the_number_of_files_is_guarded_too(app: MicroApp) -> None:
    tell(app)
    for _ in range(3):
        admit(wish(app, 1))
    assert refusal_of(wish(app, 1)).type is QUOTA_APP_EXCEEDED


def test_a_refusal_takes_nothing_of_the_room(app: MicroApp) -> None:
    tell(app)
    for _ in range(5):
        refusal_of(wish(app, 1001))
    admit(wish(app, 1000))


def test_a_full_workspace_is_named(app: MicroApp) -> None:
    with tenant_scope(app.tenant_id):
        Quota.objects.filter(workspace_id=app.workspace_id, app=None).update(bytes_limit=10)
    tell(app)
    refusal = refusal_of(wish(app, 11))
    assert (refusal.type, refusal.layer) == (QUOTA_WORKSPACE_EXCEEDED, "workspace")


def test_what_holds_nothing_is_not_guarded(app: MicroApp) -> None:
    set_limits(app, bytes_limit=0, objects_limit=0)
    tell(app)
    admit(Ask.by(wish(app, 1).token, Operation.LIST))  # type: ignore[arg-type]


def test_a_raised_limit_is_noticed_at_once_when_it_is_told(app: MicroApp) -> None:
    tell(app)
    refusal_of(wish(app, 5000))
    set_limits(app, bytes_limit=10_000)
    forget(app)
    admit(wish(app, 5000))


def test_what_nobody_tells_is_noticed_within_a_second(app: MicroApp) -> None:
    with tenant_scope(app.tenant_id):
        guard(app)
    set_limits(app, bytes_limit=10_000)
    began = time.monotonic()
    while True:
        try:
            admit(wish(app, 5000))
            break
        except RefusedError:
            assert time.monotonic() - began < 1.5


def test_without_redis_nothing_is_told_and_nothing_breaks(app: MicroApp, own_valkey: Any) -> None:
    own_valkey.kill()
    with tenant_scope(app.tenant_id):
        guard(app)
    forget(app)
