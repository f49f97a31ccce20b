"""The help pages: every error of the catalogue, the guide, the recipes."""

import re
from html import unescape
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import resolve
from django.utils.translation import gettext, override
from PIL import Image

from gateway.api.problems import problem_json
from kernel.errors import CATALOGUE, Problem
from operations.help.remedies import ERROR_HELP, WHO, error_pages

pytestmark = pytest.mark.django_db


def page(address: str, language: str = "en") -> str:
    answer = Client(headers={"accept-language": language}).get(address)
    assert answer.status_code == 200, address
    return unescape(answer.content.decode())


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_error_leads_to_a_page_that_says_what_to_do_who_can_help_and_whether_to_retry(code: str) -> None:
    content = problem_json(Problem(CATALOGUE[code]))
    text = page(str(content["type"]))
    for part in ("What happened", "What to do", "Who can help", "Trying again", code, CATALOGUE[code].title):
        assert part in text
    assert re.search(r"<ol>\s*<li>.+?</li>", text, re.DOTALL)
    assert "{" not in re.sub(r"hx-[^>]+|content='[^']+'", "", text.split("<main", 1)[1])


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_a_remedy_that_leads_somewhere_leads_to_a_page_and_a_place_on_it(code: str) -> None:
    remedy = problem_json(Problem(CATALOGUE[code]))["remedy"]
    assert remedy["who"] in WHO
    if not remedy["href"]:
        assert remedy["who"] in {"you", "nobody", "app"}
        return
    address, _, place = remedy["href"].partition("#")
    assert resolve(address)
    assert not place or f'id="{place}"' in page(address)


def test_no_help_is_kept_for_an_error_that_is_gone() -> None:
    assert set(ERROR_HELP) <= set(CATALOGUE)


def test_each_error_has_a_page_of_its_own_words() -> None:
    reasons = [str(page.help.why) for page in error_pages()]
    assert len(reasons) == len(set(reasons)) == len(CATALOGUE)


def test_the_words_of_help_name_no_code_and_do_not_beg() -> None:
    for help_page in error_pages():
        words = " ".join(map(str, (help_page.help.why, *help_page.help.steps))).lower()
        assert not re.search(r"\b(please|sorry|oops|invalid|forbidden|http|(?<![\d,])\d{3})\b", words), words


def test_the_index_of_errors_links_to_all() -> None:
    text = page("/help/errors/")
    assert [code for code in CATALOGUE if f'href="/help/errors/{code}/"' not in text] == []


def test_a_code_in_small_letters_leads_to_its_page_and_an_unknown_one_nowhere() -> None:
    answer = Client().get("/help/errors/file_too_large/")
    assert (answer.status_code, answer["Location"]) == (302, "/help/errors/FILE_TOO_LARGE/")
    assert Client().get("/help/errors/NO_SUCH_ERROR/").status_code == 404


def test_help_is_one_step_away_from_every_page() -> None:
    assert 'href="/help/"' in page("/")
    assert {"/help/guide/", "/help/no-code/", "/help/errors/"} <= set(re.findall(r'href="([^"]+)"', page("/help/")))


@pytest.mark.parametrize(("language", "folder"), [("en", "help"), ("de", "help/de")])
def test_every_picture_of_the_guide_is_there_is_small_and_has_words_for_who_cannot_see_it(
    language: str, folder: str
) -> None:
    pictures = re.findall(r"<img [^>]+>", page("/help/guide/", language))
    assert len(pictures) == 5
    for picture in pictures:
        name = re.search(rf'src="[^"]*/{folder}/(\w+)\.[^"]*webp"', picture)
        assert name is not None, picture
        found = finders.find(f"{folder}/{name[1]}.webp")
        assert found is not None
        assert Path(str(found)).stat().st_size < 120_000
        with Image.open(str(found)) as opened:
            assert f'width="{opened.width}" height="{opened.height}"' in picture
        assert re.search(r'alt="[^"]{20,}"', picture)


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_guide_names_the_buttons_as_they_are_called(language: str) -> None:
    guide = page("/help/guide/", language)
    with override(language):
        named = [gettext(words) for words in ("Use this template", "Create app", "Look after this app", "Share")]
    named += [said_by_the_box(words, language) for words in ("Choose files", "Agree and continue", "Safe and stored")]
    assert [words for words in named if words not in guide] == []


def said_by_the_box(words: str, language: str) -> str:
    """What the upload box says, as its own source has it."""
    box = Path(str(finders.find("sdk/safe-upload.js"))).with_suffix("")
    if language == "en":
        assert any(words in source.read_text(encoding="utf-8") for source in box.glob("*.js"))
        return words
    found = re.search(rf'"{words}": "([^"]+)"', (box / "german.js").read_text(encoding="utf-8"))
    assert found is not None
    return found[1]


def test_the_guide_is_a_step_from_the_front_page() -> None:
    assert 'href="/help/guide/"' in page("/")


def test_the_pages_of_help_answer_reading_only() -> None:
    assert Client().post("/help/errors/").status_code == 405
