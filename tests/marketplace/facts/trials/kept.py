"""Kept: a file goes on the day that the card names, not before, and not at all where it names none."""

import datetime as dt

import pytest

from kernel.errors import FILE_RETAINED, Problem
from lifecycle import trash
from lifecycle.archiving import archive_due
from lifecycle.deletion import delete_due
from storage.archive import archive
from storage.models import StoredFile
from storage.object_store import object_store
from tenancy.scoping import tenant_scope
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


@trial("Kept", r"At least (?P<time>[\d,]+ (day|year)s?): nobody deletes it before")
def nobody_deletes_any_before(world: World, time: str) -> None:
    stored = _filed(world, app := world.new_app())
    _stays(app, stored, time)


@trial("Kept", r"In the archive after (?P<time>[\d,]+ (day|year)s?)")
def it_goes_to_the_archive_on_its_day(world: World, time: str) -> None:
    stored = _filed(world, world.new_app())
    day = stored.created_at + dt.timedelta(days=quantities.days(f"For {time}") or 0)
    assert stored.archive_at == day
    assert archive_due(archive(), stored.tenant_id, day - _MOMENT) == 0
    assert archive_due(archive(), stored.tenant_id, day) == 1


@trial("Kept", r"Files of the kind “(?P<kind>[\w ]+)” at least (?P<time>[\d,]+ (day|year)s?)")
def nobody_deletes_it_before(world: World, kind: str, time: str) -> None:
    app = world.new_app()
    _stays(app, _filed_as(world, app, kind), time)


def _stays(app: App, stored: StoredFile, time: str) -> None:
    """It is deleted neither by hand, though everybody may throw away here, nor by any age."""
    assert stored.retained_until == stored.created_at + dt.timedelta(days=quantities.days(f"For {time}") or 0)
    with tenant_scope(stored.tenant_id):
        with pytest.raises(Problem) as refused:
            trash.put(stored.app, stored.pk, actor="user:test")
        assert refused.value.type is FILE_RETAINED
        StoredFile.objects.filter(pk=stored.pk).update(delete_at=stored.created_at)
    assert not _goes(app, stored, stored.retained_until - _MOMENT)


@trial("Kept", r"Files of the kind “(?P<kind>[\w ]+)” at most (?P<time>[\d,]+ (day|year)s?)")
def a_file_of_this_kind_goes_on_its_day(world: World, kind: str, time: str) -> None:
    app = world.new_app()
    stored = _filed_as(world, app, kind)
    assert stored.delete_at == stored.created_at + dt.timedelta(days=quantities.days(f"For {time}") or 0)
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


def _filed_as(world: World, app: App, kind: str) -> StoredFile:
    """The first file of those that the card's kinds of files name that gets this label."""
    filed = (app.stored(app.file(specimen)) for specimen in world.types)
    return next(stored for stored in filed if stored is not None and stored.labels["kind"].replace("-", " ") == kind)


def _goes(app: App, stored: StoredFile, moment: dt.datetime) -> bool:
    """Whether the lifecycle's round deletes the file at that moment: for the gateway and in storage, or neither."""
    delete_due(object_store(), stored.tenant_id, moment)
    answer = app.call("get", f"/files/{stored.pk}")
    assert (answer.status_code == 404) == (object_store().head(stored.key()) is None)
    return bool(answer.status_code == 404)
