"""A process decides by the policy that it holds, and by no older one than was announced."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection, transaction

from admission.policies import announced_version
from kernel import clock
from kernel.errors import KEY_REVOKED, Problem
from kernel.identifiers import new_id
from marketplace import snapshots
from marketplace.models import Installation
from storage.models import Keeping
from tenancy.models import MicroApp
from tenancy.scoping import tenant_scope
from tests.broker.wire import post, secret_of
from tests.gateway.conftest import Person

GRANT = {"grant_type": "client_credentials", "scope": "files:write files:list"}


def version_of(person: Person) -> int:
    return announced_version(person.app.id)


def change(person: Person, model: Any, **fields: Any) -> None:
    """Past the models' signals, as a migration or a hand on the database would."""
    with tenant_scope(person.app.tenant_id):
        name = "pk" if model is MicroApp else "app"
        assert model.objects.filter(**{name: person.app.pk}).update(**fields) == 1


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (MicroApp, {"paused_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}),
        (Installation, {"extra_permissions": []}),
        (Keeping, {"delete_after_days": 3}),
    ],
)
def test_every_change_of_what_a_policy_is_made_of_is_announced(person: Person, model: Any, fields: Any) -> None:
    before = version_of(person)
    change(person, model, **fields)
    assert version_of(person) == before + 1


def test_a_change_that_is_undone_is_not_announced(person: Person) -> None:
    before = version_of(person)

    def change_and_fail() -> None:
        with transaction.atomic():
            change(person, MicroApp, paused_at=clock.now())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()
    assert version_of(person) == before


def test_the_gate_makes_a_process_read_a_policy_that_changed(person: Person) -> None:
    secret = secret_of(person)
    given = post("/oauth/token", GRANT, secret).json()
    assert "files:write" in given["scope"]
    with tenant_scope(person.app.tenant_id):
        app = MicroApp.objects.get(pk=person.app.pk)
        app.name = "Renamed"
        app.save()
    assert post("/oauth/token", GRANT, secret).status_code == 200
    assert snapshots.snapshot_of(person.app.tenant_id, person.app.id).app.name == "Renamed"


def test_what_a_transaction_may_undo_is_not_held(person: Person) -> None:
    tenant, app = person.app.tenant_id, person.app.id
    before = snapshots.snapshot_of(tenant, app)

    def rename_and_fail() -> None:
        with tenant_scope(tenant):
            MicroApp.objects.filter(pk=app).update(name="Never")
            assert snapshots.read(tenant, app).app.name == "Never"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        rename_and_fail()
    assert snapshots.snapshot_of(tenant, app) is before


def test_an_app_that_is_gone_is_told_as_stopped(person: Person) -> None:
    with pytest.raises(Problem) as refused:
        snapshots.read(person.app.tenant_id, new_id())
    assert refused.value.type is KEY_REVOKED
    assert connection.in_atomic_block is False


def test_no_name_and_a_name_of_nobody_lead_nowhere(transactional_db: None) -> None:
    assert snapshots.by_publishable_id("") is None
    assert snapshots.by_publishable_id("app_zzzzzzzzzzzzzzzzzzzz") is None
