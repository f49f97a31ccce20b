"""How fast people get to a first safe file: measured from the record, told to the platform's owner alone."""

import re

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from kernel.identifiers import new_id
from operations.first_uploads import FEWEST, STEPS, measure
from operations.tasks import measure_first_uploads
from tests.gateway.conftest import PICTURE, Person, bucket, file_away, new_person

__all__ = ["bucket"]
PAGE = "/platform/first-uploads/"


@pytest.fixture
def owner(transactional_db: None) -> Client:
    cache.clear()
    client = Client()
    client.force_login(User.objects.create_superuser(f"{new_id().hex}@platform.example"))
    return client


@pytest.fixture
def people(transactional_db: None, bucket: None) -> list[Person]:
    """Three organisations, each with one app whose first file is safe."""
    people = [new_person() for _ in range(FEWEST)]
    for person in people:
        file_away(person, settings.CLAMD_URL, PICTURE)
    return people


def page(client: Client) -> str:
    return " ".join(client.get(PAGE).content.decode().split())


def test_each_step_of_all_organisations_together_is_told_in_figures_that_add_up(
    owner: Client, people: list[Person]
) -> None:
    assert "Not measured yet." in page(owner)
    new_person()  # has brought nothing, so it doesn't count
    measure([person.app.tenant_id for person in people])
    shown = page(owner)
    rows = re.findall(r'<th scope="row">(.+?)</th> <td>([\d.]+) s</td> <td>([\d.]+) s</td> <td>(\d+)</td>', shown)
    assert [row[0] for row in rows] == list(STEPS)
    assert {row[3] for row in rows} == {str(FEWEST)}
    assert all(float(half) <= float(most) for _, half, most, _ in rows)
    assert float(rows[-1][2]) >= max(float(row[2]) for row in rows[:-1])
    assert not any(person.app.slug in shown for person in people)
    assert "Acme" not in shown


def test_of_fewer_nothing_is_said(owner: Client, people: list[Person]) -> None:
    measure([person.app.tenant_id for person in people[1:]])
    assert "nothing is said of them" in page(owner)


@pytest.mark.usefixtures("alone")
def test_the_round_looks_at_every_organisation(owner: Client, people: list[Person]) -> None:
    measure_first_uploads()
    assert f"<td>{FEWEST - 1}</td>" not in page(owner)
    assert "Altogether" in page(owner)


def test_for_anybody_else_there_is_no_such_page(people: list[Person]) -> None:
    somebody = Client()
    assert somebody.get(PAGE).status_code == 404
    somebody.force_login(people[0].user)
    assert somebody.get(PAGE).status_code == 404
