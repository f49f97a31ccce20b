"""Kept: a file goes on the day that the card names, not before, and not at all where it names none."""

import datetime as dt

from lifecycle.deletion import delete_due
from storage.models import StoredFile
from storage.object_store import object_store
from tests.marketplace.facts import quantities
from tests.marketplace.facts.registry import trial
from tests.marketplace.facts.world import App, World

_CENTURY = dt.timedelta(days=36_500)
_MOMENT = dt.timedelta(seconds=1)


@trial("Kept", r"(?P<words>For [\d,]+ (day|year)s?)")
def a_file_goes_on_its_day(world: World, words: str) -> None:
    app = world.new_app()
    stored = _filed(world, app)
    assert stored.delete_at == stored.created_at + dt.timedelta(days=quantities.days(words) or 0)
    assert not _goes(app, stored, stored.delete_at - _MOMENT)
    assert _goes(app, stored, stored.delete_at)


@trial("Kept", "As long as the app exists")
def a_file_stays(world: World) -> None:
    app = world.new_app()
    stored = _filed(world, app)
    assert stored.delete_at is None
    assert not _goes(app, stored, stored.created_at + _CENTURY)


def _filed(world: World, app: App) -> StoredFile:
    stored = app.stored(app.file(world.specimen))
    assert stored is not None
    return stored


def _goes(app: App, stored: StoredFile, moment: dt.datetime) -> bool:
    """Whether the lifecycle's round deletes the file at that moment: for the gateway and in storage, or neither."""
    delete_due(object_store(), stored.tenant_id, moment)
    answer = app.call("get", f"/files/{stored.pk}")
    assert (answer.status_code == 404) == (object_store().head(stored.key()) is None)
    return bool(answer.status_code == 404)
