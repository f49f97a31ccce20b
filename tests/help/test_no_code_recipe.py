"""The recipe for tools without code is carried out as it stands in the file that the page is made from."""

import base64
import json
import re
from html import unescape
from typing import Any

from django.test import Client

from broker.clients import make_secret
from operations.help.recipe import RECIPE, steps
from tenancy.principals import user_principal
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import PICTURE, Person
from tests.web import web


def filled(template: Any, facts: dict[str, Any]) -> Any:
    """The template with each `{{name}}` replaced; one that stands alone keeps its kind, as such tools do."""
    if isinstance(template, dict):
        return {name: filled(value, facts) for name, value in template.items()}
    if isinstance(template, list):
        return [filled(value, facts) for value in template]
    alone = re.fullmatch(r"\{\{([\w.]+)\}\}", template)
    if alone:
        return facts[alone[1]]
    return re.sub(r"\{\{([\w.]+)\}\}", lambda found: str(facts[found[1]]), template)


def at(content: Any, place: str) -> Any:
    for name in place.split("."):
        content = content[name]
    return content


def carry_out(step: dict[str, Any], facts: dict[str, Any]) -> None:
    wanted = filled(step, facts)
    if "form" in wanted:
        file = wanted["form"]["file"]
        answer: Any = web.post(wanted["url"], data=wanted["form"]["*"], files={"file": file})
    else:
        headers = dict(wanted["headers"])
        if "basic" in wanted:
            headers["Authorization"] = "Basic " + base64.b64encode(":".join(wanted["basic"]).encode()).decode()
        kind = headers.pop("Content-Type")
        body = json.dumps(wanted["json"])
        answer = Client(headers=headers).generic(wanted["method"], wanted["url"], body, content_type=kind)
    assert answer.status_code < 300, answer.content
    facts |= {name: at(answer.json(), place) for name, place in step.get("keep", {}).items()}


def test_the_recipe_brings_a_file_in_as_it_stands(person: Person) -> None:
    with tenant_scope(person.app.tenant_id):
        secret = make_secret(person.app, actor=user_principal(person.user.pk))
    facts = {
        "site": "",
        "app": person.app.publishable_id,
        "secret": secret,
        "file": ("cat.jpg", PICTURE),
        "file.name": "cat.jpg",
        "file.size": len(PICTURE),
        "file.type": "image/jpeg",
    }
    for step in json.loads(RECIPE.read_text(encoding="utf-8")):
        carry_out(step, facts)
    assert facts["state"] in {"received", "scanning"}


def test_the_page_shows_every_step_of_the_recipe(db: None) -> None:
    text = unescape(Client().get("/help/no-code/").content.decode())
    for step in steps():
        shown = (step.name, step.address, step.method, step.sign_in, *(value for _, value in step.headers), step.body)
        assert [part for part in shown if part not in text] == []
