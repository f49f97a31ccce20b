"""English and German: no German word is missing, what is compiled is what is written, and a person can choose."""

import builtins
import gettext
import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

import allauth
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.utils.translation import override

from audit.actions import AuditAction
from embedded.management import PROJECT
from kernel.errors import CATALOGUE, FILE_UNCHECKABLE, Problem
from kernel.regions import REGIONS
from marketplace.categories import Category
from marketplace.differences import AUDIENCES, WORDS
from marketplace.engines import ENGINE_WORDS
from marketplace.file_list import ORDERS
from marketplace.models import AppRequest, Review, Setup, TemplateDraft, VersionChange
from marketplace.people import KINDS
from marketplace.review import findings
from marketplace.review.checks import secrets
from marketplace.review.findings import Item
from marketplace.setups import STEPS
from marketplace.templatetags.app_tabs import TABS
from marketplace.trail import Show
from marketplace.vetting import ITEM_NAMES
from notices.kinds import NOTICE_TYPES, Severity
from notices.models import NoticePreference
from operations.first_uploads import STEPS as FIRST_STEPS
from operations.help.recipe import steps
from policy import schema_errors, strict_yaml, type_errors
from policy.abilities import Ability
from policy.actions import Action
from policy.costs import shipped_book
from policy.document import parse
from policy.rego.reasons import reasons_of
from scanning import disguises, kinds
from scanning.inside import budget, personal, secret_signs
from storage.states import UploadState
from tenancy.roles import Role
from tests.help.words import (
    filled_in_too_early,
    marked,
    modules_of_sentences,
    raised_in_english_alone,
    said_anywhere,
    shown_errors,
    templates,
    told_in_english_alone,
)
from tests.marketplace.conftest import CATALOGUE as CATALOGUE_FILES

LOCALES: list[Path] = settings.LOCALE_PATHS
_HOLES = re.compile(r"%\(\w+\)s|\{\{?\w*(?::\w+)?\}?\}|<[^>]+>")
_SAME_IN_GERMAN = {"Live", "Sandbox", "Version %(version)s", "Name", "Webhook", "Webhooks", "Webhook %(url)s"}


def compiled(place: Path) -> gettext.GNUTranslations:
    with (place / "de" / "LC_MESSAGES" / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def german(place: Path = LOCALES[0]) -> dict[str, str]:
    """Each English message with its German, a plural's first form for both."""
    entries = compiled(place)._catalog  # type: ignore[attr-defined]  # the module offers no other way to list them
    return {key[0] if isinstance(key, tuple) else key: value for key, value in entries.items() if key}


def vocabulary() -> set[str]:
    """Words of rooms that know no Django, which templates translate where they show them."""
    words = {problem.title for problem in CATALOGUE.values()}
    words |= {action.words for action in AuditAction} | {action.words for action in Action}
    words |= {str(state.label) for state in UploadState} | {tab.words for tab in TABS}
    words |= {word for problem in CATALOGUE.values() for word in (problem.words, problem.remedy.label)}
    words |= {step.name for step in steps()} | of_pages() | of_the_marketplace() | of_the_administration()
    return words | of_templates() | said_anywhere()


def of_pages() -> set[str]:
    """Choices and labels of pages."""
    choices = (*AppRequest.Kind, *AppRequest.State, *VersionChange.Kind, *Setup.State, *Review.State,
               *TemplateDraft.Origin, *Role)  # fmt: skip
    words = {str(one.label) for one in choices}
    words |= {str(one.label).lower() for one in (*Setup.State, *TemplateDraft.Origin, *AppRequest.State, *Role)}
    words |= {one.words for one in (*Show, *Category, *Severity)}
    words |= {word for _, word in ORDERS} | {action.words.capitalize() for action in Action}
    words |= set(KINDS.values()) | set(FIRST_STEPS)
    for known in NOTICE_TYPES.values():
        words |= {known.about, known.title, known.words, *(remedy.label for remedy in known.remedies)}
    return words


def of_the_marketplace() -> set[str]:
    """What the Safety facts, the checks and what changed are made of."""
    words = {*ENGINE_WORDS.values(), *AUDIENCES.values(), *WORDS, *(region.place for region in REGIONS.values())}
    words |= {item.words for item in Item} | set(ITEM_NAMES.values()) | {ability.words for ability in Ability}
    words |= {form for signs in (personal.SIGNS, secret_signs.SIGNS) for sign in signs.values() for form in sign.words}
    words |= {*kinds.WORDS.values(), *kinds.TEXT_WORDS.values(), kinds.UNKNOWN_WORDS, kinds.OTHER_WORDS}
    words |= {disguises.ACTIVE_DRAWING, *(str(words) for _, words in NoticePreference._meta.get_field("email").choices)}
    words |= {budget.TOO_DEEP, budget.TOO_MANY, budget.TOO_LARGE, budget.TOO_DENSE}
    words |= {kind for kind, _ in secrets.KNOWN} | set(schema_errors.TYPES.values())
    words |= {*strict_yaml.PROBLEMS.values(), strict_yaml.UNREADABLE, strict_yaml.UNUSABLE, type_errors.NONE_OF_THOSE}
    words |= {word for step in STEPS for word in (step.words, step.done_words)}
    return (
        words
        | {shipped_book().basis}
        | {form for each in findings.Severity for form in (each.value, each.capitalize())}
    )


def of_templates() -> set[str]:
    """The shipped templates' own words; other templates speak as their authors do."""
    documents = [parse(file.read_bytes()) for file in CATALOGUE_FILES.glob("*.json")]
    words = {word for each in documents for word in (each.name, each.summary, each.uploads.type_words)}
    words |= {line for each in documents for _pointer, line in each.consent_lines()}
    words |= {surface.folder for each in documents for surface in each.surfaces or ()}
    words |= {rule for each in documents for rule in reasons_of(each.rego).written}
    return words | {option.label for each in documents for option in each.options}


def test_no_german_word_is_missing() -> None:
    known = german()
    assert {word: place for word, place in marked().items() if not known.get(word)} == {}


def of_the_administration() -> set[str]:
    """What models that somebody can see there, their fields and their choices are called."""
    words: set[str] = set()
    for model, shown in admin.site._registry.items():
        names = model._meta
        if model.__module__.split(".")[0] not in {"allauth", "django", "oauth2_provider"}:
            fields = [names.get_field(name) for name in fields_of(shown)]
            words |= {names.verbose_name, names.verbose_name_plural, apps.get_app_config(names.app_label).verbose_name}
            words |= {text for field in fields for text in (field.verbose_name, field.help_text)}
            words |= {label for field in fields for _, label in field.choices or ()}
    return {str(word) for word in words if word}


def fields_of(shown: admin.ModelAdmin[Any]) -> set[str]:
    """The names of the model's own fields on a list or a form."""
    known = {field.name for field in shown.model._meta.fields}
    wanted = known & {*shown.list_display, *(shown.fields or known), *shown.list_filter}
    return wanted - {
        "id",
        "password",
        "is_superuser",
        "last_login",
    }  # the first isn't shown, Django translates the rest


def test_no_german_word_of_a_vocabulary_is_missing() -> None:
    known = german(LOCALES[1]) | german()
    assert sorted(word for word in vocabulary() if not known.get(word)) == []


@pytest.mark.parametrize("place", LOCALES, ids=lambda place: place.name)
def test_what_is_compiled_is_what_is_written(place: Path) -> None:
    source = (place / "de" / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")
    written = re.findall(r'^msgid (".*")$', source, re.MULTILINE)
    assert len(written) - 1 == len(german(place))
    in_one_line = source.replace('"\n"', "")
    for word in german(place).values():
        assert word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") in in_one_line


def test_what_libraries_say_otherwise_is_what_they_ask_for() -> None:
    """An update of theirs that says it in other English would bring their German back."""
    theirs = german(Path(allauth.__file__).parent / "locale")
    assert sorted(german(LOCALES[2]).keys() - theirs.keys()) == []


@pytest.mark.parametrize("place", LOCALES, ids=lambda place: place.name)
def test_the_german_has_the_same_holes_as_the_english(place: Path) -> None:
    for english, word in german(place).items():
        assert sorted(set(_HOLES.findall(english))) == sorted(set(_HOLES.findall(word))), english


@pytest.mark.parametrize("path", modules_of_sentences(), ids=lambda path: path.stem)
def test_numbers_and_names_are_filled_in_after_translation(path: Path) -> None:
    assert list(filled_in_too_early(path)) == []


def test_what_is_wrong_with_a_field_is_said_in_the_readers_language() -> None:
    assert list(told_in_english_alone()) == []


_SAID_LATER = {
    "BrokenPolicyError",  # `cause_of` says its cause, and what the engine quotes of a module stays as it is
    "CostlyPolicyError",
    "EngineUnavailableError",  # those of `scanning.outside` are in the vocabulary; of others only logs tell
    "OutboundError",  # kept, and said to whoever looks: the vocabulary has its words
    "UnreadableError",  # likewise, as a check's finding
}


def test_what_an_error_says_to_people_is_said_in_their_language() -> None:
    shown = {name for name in shown_errors() if not hasattr(builtins, name)} - _SAID_LATER
    assert "LastOwnerError" in shown
    assert list(raised_in_english_alone(shown)) == []


def test_every_keyword_of_the_schema_has_words_for_what_it_refuses() -> None:
    text = resources.files("policy").joinpath("template.schema.json").read_text(encoding="utf-8")
    about = {"$id", "$ref", "$schema", "$defs", "description", "title", "properties", "items"}
    assert keywords_of(json.loads(text)) - about == set(schema_errors.WORDS)


def keywords_of(schema: dict[str, Any]) -> set[str]:
    """What a schema and those inside it are made of."""
    inner = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values(), *schema.get("oneOf", [])]
    inner += [schema["items"]] if "items" in schema else []
    return set(schema).union(*map(keywords_of, inner))


def test_nothing_was_left_in_english_by_oversight() -> None:
    long = {english for english, word in german().items() if english == word and len(english) > 12}
    assert long <= _SAME_IN_GERMAN


def test_words_stand_in_no_template_unmarked() -> None:
    """A paragraph's, a heading's or a button's first words are marked; what a person typed comes from variables."""
    bare = re.compile(r"<(?:p|h1|h2|h3|button|li|dt|th|summary|legend)\b[^<>{}]*>\s*[A-Za-z]{3,}")
    found = {
        str(path.relative_to(PROJECT)): match[0]
        for path in templates()
        for match in bare.finditer(path.read_text(encoding="utf-8"))
        if match[0].rsplit(">", 1)[1].strip() not in {"HTTP", "curl", "JavaScript", "Python"}
    }
    assert found == {}


@pytest.mark.django_db
def test_the_browsers_language_is_spoken_and_the_persons_choice_goes_before_it() -> None:
    client = Client(headers={"Accept-Language": "de-AT,de;q=0.9"})
    text = client.get("/").content.decode()
    assert '<html lang="de" dir="ltr">' in text
    assert "Bauen Sie die App." in text
    chosen = client.post("/language/", {"language": "en", "next": "/help/"})
    assert (chosen.status_code, chosen["Location"]) == (302, "/help/")
    assert '<html lang="en" dir="ltr">' in client.get("/").content.decode()


@pytest.mark.django_db
def test_choosing_a_language_leads_nowhere_else() -> None:
    answer = Client().post("/language/", {"language": "de", "next": "https://elsewhere.example/"})
    assert not answer["Location"].startswith("https://elsewhere")


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/templates/", "/sandbox/", "/help/", "/help/guide/", "/accounts/login/"])
def test_a_page_offers_both_languages_in_their_own_words(address: str) -> None:
    text = Client().get(address).content.decode()
    assert 'value="en" lang="en"' in text
    assert 'value="de" lang="de"' in text


@pytest.mark.django_db
@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_error_is_explained_in_german(code: str) -> None:
    with override("de"):
        text = Client(headers={"Accept-Language": "de"}).get(f"/help/errors/{code}/").content.decode()
    assert "Was geschehen ist" in text
    assert "What happened" not in text


@pytest.mark.django_db
def test_a_language_that_is_not_spoken_here_is_answered_in_english() -> None:
    text = Client(headers={"Accept-Language": "fr"}).get("/").content.decode()
    assert '<html lang="en"' in text


@pytest.mark.django_db
def test_who_is_answered_next_is_not_answered_in_the_last_ones_language() -> None:
    Client(headers={"Accept-Language": "de"}).get("/")
    assert Problem(FILE_UNCHECKABLE, name="a.zip").user_message.endswith("It was not stored.")
