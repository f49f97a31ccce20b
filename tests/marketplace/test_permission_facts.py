"""What a card says of people who come with a link, of who runs an app, and of everybody else."""

from typing import Any

import pytest
from django.utils.translation import override

from marketplace.permission_facts import can_always, cannot, for_those_who_run_it
from tests.marketplace.conftest import bent, document

ONLY_THEY_LIST = "let anyone but its owners and builders see the list of files"
ONLY_THEY_OPEN = "let anyone but its owners and builders open files"
SIGNED_IN = "take files from anyone who has not signed in"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"captcha": ...}, "take files from anyone with the link"),
        ({}, "take files from anyone with the link, after a check that a person is there"),
        ({"public_read": "at_once"}, "show every checked file to anyone with the link"),
        ({"public_read": "after_review"}, "show a file to anyone with the link, once a person has looked at it"),
    ],
)
def test_what_anyone_does_with_a_link_is_said(changes: dict[str, Any], words: str) -> None:
    assert words in can_always(document(bent("public-drop-box", changes)))


def test_a_teams_app_takes_nothing_from_strangers_and_a_public_one_does_not_say_so() -> None:
    assert SIGNED_IN in cannot(document(bent("team-photo-share", {})))
    assert SIGNED_IN not in cannot(document(bent("public-drop-box", {})))


def test_who_runs_an_app_reads_in_any_case_and_nobody_else_where_the_template_lets_nobody() -> None:
    box = document(bent("public-drop-box", {}))
    assert for_those_who_run_it(box) == ("see the list of files", "open files")
    assert {ONLY_THEY_LIST, ONLY_THEY_OPEN} <= set(cannot(box))
    share = document(bent("team-photo-share", {}))
    assert for_those_who_run_it(share) == ("open files",)
    assert not {ONLY_THEY_LIST, ONLY_THEY_OPEN} & set(cannot(share))


def test_where_anyone_opens_files_nothing_says_that_nobody_does() -> None:
    assert ONLY_THEY_OPEN not in cannot(document(bent("public-drop-box", {"public_read": "after_review"})))


def test_it_is_said_in_german() -> None:
    with override("de"):
        assert "Dateien öffnen" in for_those_who_run_it(document(bent("public-drop-box", {})))
        assert "einen Schlüssel zu Ihrem Speicher halten" in cannot(document(bent("public-drop-box", {})))
