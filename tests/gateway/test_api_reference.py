"""The reference page: every operation and shape, nothing for a browser to run, and nothing from elsewhere."""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client

from gateway.document.openapi import document
from gateway.document.samples import curl
from gateway.document.words import field_words

OPERATIONS = [each for item in document()["paths"].values() for each in item.values()]


class Parts(HTMLParser):
    """The addresses that a page leads to or loads, its anchors, and what would need a wider content policy."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.led: set[str] = set()
        self.loaded: set[str] = set()
        self.forbidden: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.ids |= {named["id"] or ""} if "id" in named else set()
        self.led |= {named["href"] or ""} if tag == "a" else set()
        self.loaded |= {
            named[name] or "" for name in ("src", "href") if tag in {"link", "img", "script"} and name in named
        }
        self.forbidden += [f"{tag} {name}" for name in named if name == "style" or name.startswith("on")]
        self.forbidden += [tag] if tag in {"script", "style", "iframe"} else []


@pytest.fixture(scope="module")
def page() -> str:
    answer = Client().get("/api/docs/")
    assert answer.status_code == 200
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    return answer.content.decode()


def test_every_operation_and_every_shape_has_its_place(page: str) -> None:
    parts = Parts(page)
    assert {each["operationId"] for each in OPERATIONS} <= parts.ids
    assert set(document()["components"]["schemas"]) <= parts.ids


def test_every_link_within_the_page_leads_somewhere(page: str) -> None:
    parts = Parts(page)
    assert {link[1:] for link in parts.led if link.startswith("#")} - parts.ids == set()


def test_every_problem_leads_to_its_help(page: str) -> None:
    for address in sorted(link for link in Parts(page).led if link.startswith("/help/errors/")):
        assert Client().get(address).status_code == 200


def test_it_needs_no_script_no_style_of_its_own_and_nobody_else(page: str) -> None:
    parts = Parts(page)
    assert parts.forbidden == []
    assert all(address.startswith("/static/") for address in parts.loaded)


def test_it_speaks_german_around_the_documents_own_words() -> None:
    page = Client(headers={"Accept-Language": "de"}).get("/api/docs/").content.decode()
    assert "<h1>API-Referenz</h1>" in page
    assert 'lang="en">Announce a file.' in page


def test_words_in_backticks_are_code_and_everything_else_is_text(page: str) -> None:
    assert "<code>delete_at</code>" in page
    assert "`" not in re.sub(r"<pre.*?</pre>", "", page, flags=re.DOTALL)


def test_a_sample_is_one_command_that_a_shell_understands() -> None:
    told = {"security": [{"scopedToken": []}]}
    assert curl("GET", "/api/v1/trash", told, None) == (
        'curl "$GATEHOUSE/api/v1/trash" \\\n  -H "Authorization: Bearer $TOKEN"'
    )
    assert curl("POST", "/a", told, {"name": "it's"}).endswith("""-d '{"name":"it'\\''s"}'""")
    form = {"security": [{"appSecret": []}], "requestBody": {"content": {"application/x-www-form-urlencoded": {}}}}
    assert curl("POST", "/oauth/token", form, {"scope": "a b"}).endswith(
        "-u \"$APP_ID:$APP_SECRET\" \\\n  -d 'scope=a b'"
    )


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string"}, "text"),
        ({"type": "string", "format": "date-time"}, "time"),
        ({"type": "string", "minLength": 1, "maxLength": 8000}, "text, 1–8,000 characters"),
        ({"type": "integer", "minimum": 1, "maximum": 200}, "whole number, 1–200"),
        ({"enum": ["name", "-name"]}, "name, -name"),
        ({"anyOf": [{"$ref": "#/components/schemas/File"}, {"type": "null"}]}, "File or null"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Part"}, "maxItems": 9}, "list of Part, 0–9"),
        ({}, "anything"),
    ],
)
def test_a_type_is_told_in_few_words(schema: dict[str, object], words: str) -> None:
    assert field_words(schema) == words
