"""Making a template: from an app, from a form, in YAML; and trying it before it is handed in."""

from typing import Any

import pytest

from kernel.decisions import Allowed, Denied
from kernel.errors import Problem
from kernel.identifiers import new_id
from marketplace import draft
from marketplace.installing import Choices, install
from marketplace.models import TemplateDraft
from marketplace.publishing import publish_catalogue
from policy.actions import Action
from policy.document import DocumentError
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.marketplace.conftest import Maker, bent, document, new_maker, shipped

YAML = b"""
schema: gatehouse.template/1
slug: minutes
name: Meeting Minutes
version: 1.0.0
summary: The minutes of meetings, kept for a year.
audience: team
permissions: {required: ["files:write", "files:list"]}
uploads: {types: [application/pdf], type_words: a PDF file, max_bytes: 10000000, url_ttl_seconds: 120}
tokens: {ttl_seconds: 300}
downloads: {url_ttl_seconds: 60}
scanning: {engines: [content_type, malware]}
classification: {default: internal, kind: minutes}
regions: [eu-central-1]
lifecycle: {archive_after_days: null, delete_after_days: 365, trash_days: 7}
retention: {label: minutes-365-days, minimum_days: 0}
encryption: {mode: sse-s3, customer_key: optional}
quota: {app_bytes: 1000000000, app_objects: 1000}
costs: {currency: EUR, files_per_month: 20, bytes_per_file: 300000, downloads_per_file: 5}
consent:
  surface: minutes
  lines:
    - Your files go to {workspace} and are stored in {place}.
    - They are kept {kept}.
rego: |
  package gatehouse.template
  import rego.v1
  deny contains "Begin the name with the date, for example 2026-11-23." if {
    input.operation == "uploadStart"
    not regex.match(`^[0-9]{4}-[0-9]{2}-[0-9]{2}`, input.file.name)
  }
"""


def refusal(maker: Maker, text: bytes) -> str:
    with tenant_scope(maker.workspace.tenant_id), pytest.raises(DocumentError) as error:
        draft.from_yaml(text, maker.membership)
    with tenant_scope(maker.workspace.tenant_id):
        assert not TemplateDraft.objects.exists()
    return str(error.value)


def test_a_template_may_be_written_in_yaml(maker: Maker) -> None:
    with tenant_scope(maker.workspace.tenant_id):
        made = draft.from_yaml(YAML, maker.membership)
    assert made.document.name == "Meeting Minutes"
    assert made.document.rego is not None
    assert made.origin == "yaml"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"a: &a [b]\nc: *a", "anchor"),
        (YAML.replace(b"audience: team", b"audience: everybody"), "/audience"),
        (YAML + b"\naccess_key: AKIA\n", "access_key"),
        (YAML.replace(b"max_bytes: 10000000", b"max_bytes: 10000000000000"), "/uploads/max_bytes"),
        (YAML.replace(b"  import rego.v1", b"  import data.secrets"), "/rego: Line 2"),
        (YAML.replace(b"not regex.match", b"not regex.match("), "/rego: The module failed"),
        (b"x" * 300_000, "more than 256,000 bytes"),
        (b"- 1\n- 2", "object"),
    ],
)  # fmt: skip
def test_what_is_no_template_is_refused_with_its_place(maker: Maker, text: bytes, words: str) -> None:
    assert words in refusal(maker, text)


def test_a_draft_of_an_app_is_what_the_app_does(maker: Maker) -> None:
    version = next(one for one in publish_catalogue() if one.template.slug == "team-photo-share")
    with tenant_scope(maker.workspace.tenant_id):
        choices = Choices("Photos", "eu-west-1", frozenset({Action.FILES_READ}))
        app = install(version, maker.membership, choices)
        made = draft.create_from_app(app, maker.membership, "Our Photos")
    assert (made.document.slug, made.document.name, made.document.version) == ("our-photos", "Our Photos", "1.0.0")
    assert made.document.regions[0] == "eu-west-1"
    assert set(made.document.permissions.required) == {Action.FILES_WRITE, Action.FILES_LIST, Action.FILES_READ}
    assert made.document.permissions.optional == (Action.FOLDERS_CREATE,)
    assert made.document.uploads == version.document.uploads


def test_a_draft_is_of_an_app_in_ones_own_workspace(maker: Maker) -> None:
    stranger = new_maker()
    version = next(one for one in publish_catalogue() if one.template.slug == "team-photo-share")
    with tenant_scope(stranger.workspace.tenant_id):
        app = install(version, stranger.membership, Choices("Photos", "eu-central-1"))
    with tenant_scope(maker.workspace.tenant_id), pytest.raises(Problem):
        draft.create_from_app(app, maker.membership, "Theirs")


@pytest.mark.parametrize("name", ["", " Photos", "a\nb", "x" * 81])
def test_a_draft_needs_a_name_that_people_can_read(maker: Maker, name: str) -> None:
    with tenant_scope(maker.workspace.tenant_id), pytest.raises(DocumentError):
        draft.from_form({**shipped("form-attachments"), "name": name}, maker.membership)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.AUDITOR])
def test_members_and_auditors_make_no_templates(transactional_db: None, role: Role) -> None:
    person = new_maker(role)
    with tenant_scope(person.workspace.tenant_id):
        for make in (lambda: draft.from_yaml(YAML, person.membership),
                     lambda: draft.from_form(shipped("form-attachments"), person.membership)):  # fmt: skip
            with pytest.raises(Problem) as problem:
                make()
            assert problem.value.type.code == "NOT_ALLOWED"


@pytest.mark.parametrize("content", [{"a": 1.5}, {"a": "\ud800"}, {1: "a"}, {"a": 2**60}])
def test_content_that_has_no_one_spelling_is_refused(maker: Maker, content: dict[Any, Any]) -> None:
    with tenant_scope(maker.workspace.tenant_id), pytest.raises(DocumentError):
        draft.from_form(content, maker.membership)


def test_a_change_that_contradicts_itself_leaves_the_draft_as_it_was(maker: Maker) -> None:
    made = maker.draft({**shipped("form-attachments"), "slug": f"t-{new_id().hex}"})
    with tenant_scope(maker.workspace.tenant_id):
        with pytest.raises(DocumentError):
            draft.change(made, bent("form-attachments", {"quota.app_bytes": 1}), maker.membership)
        assert TemplateDraft.objects.get(pk=made.pk).document.quota.app_bytes == 5_000_000_000


def test_a_dry_run_shows_what_would_become_of_typical_uploads() -> None:
    tried = draft.dry_run(document(shipped("file-import")))
    outcomes = {one.words: one.decision for one in tried}
    assert isinstance(outcomes["Miller-2041.csv, 4 MB"], Allowed)
    refused = [one.decision for one in tried if isinstance(one.decision, Denied)]
    assert {one.problem.code for one in refused} == {"FILE_TOO_LARGE", "FILE_TYPE_NOT_ALLOWED", "FILE_EMPTY"}


def test_a_dry_run_asks_the_module_too() -> None:
    content = bent("file-import", {"rego": 'package gatehouse.template\ndeny contains "Not today."\n'})
    tried = draft.dry_run(document(content))
    assert not [one for one in tried if isinstance(one.decision, Allowed)]
