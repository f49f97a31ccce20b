"""Making a template of one's own: from an app that works, from a form, or written in YAML; tried before handed in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from kernel import clock
from kernel.decisions import Allowed, Decision
from kernel.errors import NOT_ALLOWED, NOT_FOUND, FieldError, Problem
from kernel.language import said
from kernel.sizes import in_words
from marketplace.installations import policy_of
from marketplace.models import ReviewFinding, TemplateDraft
from marketplace.publishing import check_module
from marketplace.review.analysis import analysed
from marketplace.review.patches import patched
from marketplace.reviews import subject_of
from policy import document as documents
from policy.canonical import canonical_bytes
from policy.document import MAX_DOCUMENT_BYTES, Document, DocumentError
from policy.engine import decide
from policy.lifetimes import rules_for, rules_of
from policy.media_types import EXTENSIONS, type_of
from policy.strict_yaml import NotStrictYAMLError
from policy.strict_yaml import as_json as yaml_as_json
from policy.wishes import UploadWish
from storage.term_words import all_in_lines, files_of
from tenancy.models import Membership, MicroApp
from tenancy.roles import MAY_CREATE_APPS

_FIRST_VERSION = "1.0.0"
_MAX_SLUG_CHARACTERS = 63


@dataclass(frozen=True, slots=True)
class Tried:
    """One upload of a dry run, in words, what would become of it, and how long it would stay."""

    words: str
    decision: Decision
    kept: tuple[str, ...] = ()


def create_from_app(app: MicroApp, membership: Membership, name: str) -> TemplateDraft:
    """A draft of what an app does today, with its maker's permissions and its region first.

    Must run in the tenant's scope. Raises Problem NOT_ALLOWED or NOT_FOUND, DocumentError for an unusable name.
    """
    _may_make(membership)
    if app.workspace_id != membership.workspace_id:
        raise Problem(NOT_ALLOWED)
    policy = policy_of(app)
    content = documents.as_json(policy.document)
    content |= {"name": name, "slug": slug_of(name), "version": _FIRST_VERSION}
    content["permissions"] = {
        "required": [*policy.document.permissions.required, *sorted(policy.extra_permissions)],
        "optional": sorted(set(policy.document.permissions.optional) - policy.extra_permissions),
    }
    content["regions"] = sorted(policy.document.regions, key=lambda code: code != policy.region)
    return _kept(content, membership, TemplateDraft.Origin.APP)


def from_yaml(text: bytes, membership: Membership) -> TemplateDraft:
    """A draft written in YAML. Must run in the tenant's scope. Raises Problem NOT_ALLOWED, DocumentError."""
    _may_make(membership)
    return _kept(content_of_yaml(text), membership, TemplateDraft.Origin.YAML)


def content_of_yaml(text: bytes) -> dict[str, Any]:
    """The content of a document in YAML. Raises DocumentError."""
    try:
        raw = yaml_as_json(text, MAX_DOCUMENT_BYTES)
    except NotStrictYAMLError as error:
        raise DocumentError(FieldError("", said("This document {error}").format(error=error))) from error
    return documents.as_json(documents.parse(raw))


def from_form(content: dict[str, Any], membership: Membership) -> TemplateDraft:
    """A draft from a form's answers. Must run in the tenant's scope. Raises Problem NOT_ALLOWED, DocumentError."""
    _may_make(membership)
    return _kept(content, membership, TemplateDraft.Origin.FORM)


def change(draft: TemplateDraft, content: dict[str, Any], membership: Membership) -> TemplateDraft:
    """Another content for a draft. Must run in the tenant's scope. Raises Problem NOT_ALLOWED, DocumentError."""
    _may_make(membership)
    if draft.workspace_id != membership.workspace_id:
        raise Problem(NOT_ALLOWED)
    draft.content = documents.as_json(_sound(content))
    draft.changed_at = clock.now()
    draft.save(update_fields=["content", "changed_at"])
    return draft


def apply_fix(draft: TemplateDraft, finding: ReviewFinding, membership: Membership) -> TemplateDraft:
    """Put right what a finding says, as it proposes, on top of what the draft is now.

    Raises Problem NOT_ALLOWED for a finding of another draft, PatchError where the draft has moved on, DocumentError.
    """
    if finding.review.draft != draft.id or not finding.fix:
        raise Problem(NOT_ALLOWED)
    return change(draft, patched(draft.content, finding.fix), membership)


def fix(draft: TemplateDraft, code: str, pointer: str, membership: Membership) -> TemplateDraft:
    """Put right what the checks find now under this code at this place, as they propose.

    Raises Problem NOT_FOUND where they no longer find it or propose nothing; PatchError, DocumentError as for `change`.
    """
    found = analysed(subject_of(draft.document)).findings
    finding = next((one for one in found if (one.code, one.pointer) == (code, pointer) and one.fix), None)
    if finding is None:
        raise Problem(NOT_FOUND)
    return change(draft, patched(draft.content, finding.fix), membership)


def tried(document: Document, name: str, size: int) -> Tried:
    """What would become of a file of this name and size in bytes."""
    return _tried(document, UploadWish(name, size, type_of(name, ""), document.regions[0]))


def dry_run(document: Document) -> tuple[Tried, ...]:
    """What would become of typical uploads: each type, one too large, one of a foreign type, one empty.

    And for each label that only a look into the file gives, how long one would stay that has it.
    """
    uploads, region = document.uploads, document.regions[0]
    first = _named(uploads.types[0])
    wishes = [
        *(UploadWish(_named(kind), document.costs.bytes_per_file, kind, region) for kind in uploads.types),
        UploadWish(first, uploads.max_bytes + 1, uploads.types[0], region),
        UploadWish("page.html", 1_000, "text/html", region),
        UploadWish(first, 0, uploads.types[0], region),
    ]
    first_of_all = tuple(_tried(document, wish) for wish in wishes)
    return first_of_all + tuple(_labelled_later(document, wishes[0], first_of_all[0]))


def _tried(document: Document, wish: UploadWish) -> Tried:
    decision = decide(document, wish)
    kept = _kept_by(document, decision.labels) if isinstance(decision, Allowed) else ()
    return Tried(f"{wish.name}, {in_words(wish.size)}", decision, kept)


def _labelled_later(document: Document, wish: UploadWish, usual: Tried) -> Iterator[Tried]:
    """The same file once a search has found something in it that gives it a label with days of its own."""
    if not isinstance(usual.decision, Allowed):
        return
    for terms in document.lifecycle.labels or ():
        if terms.classification is not None and not terms.fit(usual.decision.labels):
            labels = {**usual.decision.labels, "classification": terms.classification}
            words = _("%(name)s, once it is among the %(files)s") % {"name": wish.name, "files": files_of(terms)}
            yield Tried(words, usual.decision, _kept_by(document, labels))


def _kept_by(document: Document, labels: Mapping[str, str]) -> tuple[str, ...]:
    rules = rules_of(document.lifecycle, document.retention.minimum_days)
    return all_in_lines(rules_for(labels, rules, document.lifecycle.labels or ()))


def _may_make(membership: Membership) -> None:
    if membership.role not in MAY_CREATE_APPS:
        raise Problem(NOT_ALLOWED)


def _kept(content: dict[str, Any], membership: Membership, origin: TemplateDraft.Origin) -> TemplateDraft:
    draft: TemplateDraft = TemplateDraft.objects.create(
        tenant_id=membership.tenant_id,
        workspace_id=membership.workspace_id,
        content=documents.as_json(_sound(content)),
        origin=origin,
        created_by_id=membership.user_id,
    )
    return draft


def _sound(content: dict[str, Any]) -> Document:
    try:
        raw = canonical_bytes(content)
    except (TypeError, ValueError) as error:
        raise DocumentError(FieldError("", said("A number or a name in this document can't be kept."))) from error
    document = documents.parse(raw)
    check_module(document)
    return document


def slug_of(name: str) -> str:
    """The address that a name makes."""
    return slugify(name)[:_MAX_SLUG_CHARACTERS].strip("-") or "template"


def _named(content_type: str) -> str:
    return f"Miller-2041{EXTENSIONS.get(content_type, ('.bin',))[0]}"
