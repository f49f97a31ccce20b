"""The document is what the code says, is OpenAPI 3.1, and leaves out nothing."""

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import get_resolver
from drf_spectacular.drainage import GENERATOR_STATS, reset_generator_stats
from schemathesis.specs.openapi.definitions import OPENAPI_31

from gateway.api import urls
from gateway.document.examples import FACTS
from gateway.document.openapi import document
from gateway.document.operations import OPERATIONS
from kernel.errors import CATALOGUE
from tests.gateway.conftest import Person
from tests.gateway.documented import operation_at, resolved

METHODS = ("get", "post", "patch", "delete")
OPERATION = [(address, method) for address, item in document()["paths"].items() for method in METHODS if method in item]


def test_the_kept_document_is_what_the_code_says() -> None:
    call_command("openapi", "--check")


def test_a_difference_is_told_and_mended(settings: Any, tmp_path: Path) -> None:
    settings.OPENAPI_FILE = tmp_path / "openapi.yaml"
    with pytest.raises(CommandError, match=r"manage\.py openapi"):
        call_command("openapi", "--check")
    call_command("openapi", stdout=StringIO())
    call_command("openapi", "--check")
    settings.OPENAPI_FILE.write_text("openapi: 3.1.0\n")
    with pytest.raises(CommandError):
        call_command("openapi", "--check")


def test_it_is_openapi_3_1() -> None:
    jsonschema_rs.validator_for(OPENAPI_31).validate(document())


def test_it_is_made_without_a_warning() -> None:
    document.cache_clear()
    reset_generator_stats()
    assert document()["openapi"] == "3.1.0"
    assert not GENERATOR_STATS._warn_cache
    assert not GENERATOR_STATS._error_cache


def test_every_address_is_in_it() -> None:
    """Whoever adds one has to describe it, or the document can't be made at all."""
    there = {
        re.sub(r"<\w+:(\w+)>", r"{\1}", f"/api/v1/{pattern.pattern}") for pattern in urls.urlpatterns if pattern.name
    }
    assert there == {address for address in document()["paths"] if address.startswith("/api/")}
    assert {described.id for described in OPERATIONS.values()} >= {
        "createFolder", "uploadStart", "uploadComplete", "list", "getSignedUrl",
    }  # fmt: skip


def test_the_protocols_addresses_are_there() -> None:
    for address in document()["paths"]:
        if not address.startswith("/api/"):
            assert get_resolver().resolve(address)


def test_every_reference_leads_somewhere_and_nothing_is_left_over() -> None:
    named = set(re.findall(r'"#/components/(\w+)/([^"]+)"', json.dumps(document())))
    there = {(kind, name) for kind, parts in document()["components"].items() for name in parts}
    unused = {(kind, name) for kind, name in there - named if kind not in {"securitySchemes", "examples"}}
    assert (named - there, unused) == (set(), set())


def test_every_problem_is_told_with_words_that_read_well() -> None:
    told = document()["components"]["examples"]
    assert set(told) == set(CATALOGUE)
    for code, example in told.items():
        assert example["value"]["code"] == code
        assert "{" not in example["value"]["detail"]
    holes = {name for kind in CATALOGUE.values() for name in re.findall(r"\{(\w+)\}", kind.words)}
    assert holes <= set(FACTS)


def test_names_of_operations_are_unique() -> None:
    names = [document()["paths"][address][method]["operationId"] for address, method in OPERATION]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("address", "method"), OPERATION)
def test_an_operation_is_told_whole(address: str, method: str) -> None:
    operation = document()["paths"][address][method]
    assert operation["summary"].endswith((".", ")."))
    assert operation["security"]
    bodies = [operation["requestBody"]] if "requestBody" in operation else []
    bodies += [resolved(answer) for answer in operation["responses"].values()]
    for body in bodies:
        for content in body.get("content", {}).values():
            _require_true_examples(content)
    if address.startswith("/api/"):
        assert {"401", "405", "408", "422", "429", "500", "503"} <= set(operation["responses"])
        assert "Retry-After" in resolved(operation["responses"]["429"])["headers"]
        assert all("X-RateLimit-Remaining" in resolved(told)["headers"] for told in operation["responses"].values())


def _require_true_examples(content: dict[str, Any]) -> None:
    """They are what the schema takes; the well-known documents are described by their RFCs alone."""
    schema = {**content["schema"], "components": document()["components"]}
    assert content.get("examples") or content["schema"] == {"type": "object"}
    for example in content.get("examples", {}).values():
        jsonschema_rs.validator_for(schema).validate(resolved(example)["value"])


def test_json_and_yaml_say_the_same_to_any_website() -> None:
    as_json, as_yaml = Client().get("/api/openapi.json"), Client().get("/api/openapi.yaml")
    assert as_json.json() == yaml.safe_load(as_yaml.content) == json.loads(json.dumps(document()))
    assert (as_json["Content-Type"], as_yaml["Content-Type"]) == ("application/json", "application/yaml")
    for answer in (as_json, as_yaml):
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert Client(headers={"If-None-Match": answer["ETag"]}).get(answer.wsgi_request.path).status_code == 304
    assert Client().post("/api/openapi.json").status_code == 405


def test_the_metadata_leads_to_the_reference() -> None:
    led = Client().get("/.well-known/oauth-protected-resource").json()["resource_documentation"]
    assert led.endswith("/api/docs/")
    assert operation_at("POST", "/api/v1/uploads/batch") is not None


@pytest.mark.parametrize(
    "address", ["/api/openapi.json", "/.well-known/jwks.json", "/.well-known/oauth-protected-resource"]
)
def test_what_can_only_be_read_says_so_to_a_program(address: str) -> None:
    """Not that a page was open for too long, which is what a person's form would be told."""
    answer = Client(enforce_csrf_checks=True).post(address)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")


def test_what_an_operation_takes_is_told_by_the_document_alone(person: Person) -> None:
    answer = person.call("options", "/folders")
    assert (answer.status_code, answer.json()["code"]) == (405, "METHOD_NOT_ALLOWED")
