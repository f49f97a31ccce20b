"""Only what this platform published is installed or enforced: forged, altered, stripped and withdrawn is refused."""

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from django.core.checks import run_checks
from django.db import DatabaseError, transaction

from accounts.models import User
from audit.models import PlatformEvent
from embedded.vault import new_signing_key
from kernel.errors import Problem
from kernel.identifiers import new_id
from marketplace import installations, signing
from marketplace.installing import Choices, install
from marketplace.models import TamperedError, Template, TemplateVersion
from marketplace.publishing import current_version, current_versions, publish, publish_catalogue, withdraw
from marketplace.signing import CannotSignError, SignatureError, Statement, sign, verify
from policy.canonical import canonical_bytes, digest
from tenancy.scoping import tenant_scope
from tests.marketplace.conftest import Maker, bent

STATEMENT = Statement("team-photo-share", "1.0.0", "sha256:" + "0" * 64)


@pytest.fixture
def version(transactional_db: None) -> TemplateVersion:
    """A fresh published version."""
    name = f"t-{new_id().hex}"
    return publish(canonical_bytes(bent("form-attachments", {"slug": name, "name": f"Forms {name}"})))


def public(pem: str) -> str:
    key = serialization.load_pem_private_key(pem.encode(), None)
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def row(like: TemplateVersion, **changes: Any) -> TemplateVersion:
    """The version as a row that somebody wrote: another version of the same template, so that nothing stops it."""
    content = {**like.content, **changes.pop("content", {}), "version": changes.get("version", "9.0.0")}
    fields = {"version": "9.0.0", "content": content, "digest": digest(content), "signature": like.signature}
    return TemplateVersion.objects.create(template=like.template, **{**fields, **changes})


def refused(maker: Maker, version: TemplateVersion) -> str:
    with tenant_scope(maker.workspace.tenant_id), pytest.raises(Problem) as problem:
        install(version, maker.membership, Choices("One", "eu-central-1"))
    assert problem.value.type.code == "TEMPLATE_REFUSED"
    return problem.value.user_message


def test_a_signature_holds_for_exactly_its_statement() -> None:
    signature = sign(STATEMENT)
    verify(STATEMENT, signature)
    for other in (Statement("x", "1.0.0", STATEMENT.digest), Statement(STATEMENT.template, "1.0.1", STATEMENT.digest),
                  Statement(STATEMENT.template, "1.0.0", "sha256:" + "1" * 64)):  # fmt: skip
        with pytest.raises(SignatureError):
            verify(other, signature)


@pytest.mark.parametrize("bad", ["", ".", "x.y", "no-key.AAAA", "{name}.", "{name}.not base64", "{name}.AAAA"])
def test_what_is_no_signature_is_refused(bad: str) -> None:
    with pytest.raises(SignatureError):
        verify(STATEMENT, bad.replace("{name}", signing.key_names()[0]))


def test_another_keys_signature_is_refused_whatever_name_it_gives_itself() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    forged = base64.b64encode(key.sign(STATEMENT.as_bytes(), ec.ECDSA(hashes.SHA256()))).decode()
    with pytest.raises(SignatureError):
        verify(STATEMENT, f"{signing.key_names()[0]}.{forged}")


def test_a_former_key_is_good_while_it_is_trusted(settings: Any) -> None:
    signature, former = sign(STATEMENT), settings.TEMPLATE_SIGNING_KEY
    settings.TEMPLATE_SIGNING_KEY = new_signing_key()
    with pytest.raises(SignatureError):
        verify(STATEMENT, signature)
    settings.TEMPLATE_TRUSTED_KEYS = public(former).replace("\n", "\\n")
    verify(STATEMENT, signature)


def test_a_process_with_the_public_key_verifies_and_cannot_sign(settings: Any) -> None:
    signature = sign(STATEMENT)
    settings.TEMPLATE_SIGNING_KEY = public(settings.TEMPLATE_SIGNING_KEY)
    verify(STATEMENT, signature)
    with pytest.raises(CannotSignError):
        sign(STATEMENT)


@pytest.mark.parametrize("kind", ["garbage", "another curve", "another algorithm"])
def test_an_unusable_key_is_told_by_check(settings: Any, kind: str) -> None:
    keys = {
        "another curve": ec.generate_private_key(ec.SECP384R1()),
        "another algorithm": ed25519.Ed25519PrivateKey.generate(),
    }
    settings.TEMPLATE_SIGNING_KEY = "garbage" if kind == "garbage" else keys[kind].private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()  # fmt: skip
    assert "marketplace.E001" in {error.id for error in run_checks()}


def test_settings_that_cannot_work_are_told_by_check(settings: Any) -> None:
    settings.OPA_URL, settings.REVIEW_MODEL_URL = "opa:8181", "https://model.example/v1"
    assert {"marketplace.E002", "marketplace.E003"} <= {error.id for error in run_checks()}


def test_every_shipped_version_is_signed(transactional_db: None) -> None:
    for one in publish_catalogue():
        assert one.signature.startswith(f"{signing.key_names()[0]}.")
        assert one.document


def test_a_shipped_version_from_before_there_were_signatures_gets_one(version: TemplateVersion) -> None:
    TemplateVersion.objects.filter(pk=version.pk).update(signature="")
    with pytest.raises(TamperedError):
        assert TemplateVersion.objects.get(pk=version.pk).document
    again = publish(canonical_bytes(version.content))
    assert again.pk == version.pk
    assert again.document


def test_a_stripped_signature_is_refused(maker: Maker, version: TemplateVersion) -> None:
    assert "It is not what was published." in refused(maker, row(version, signature=""))


def test_a_signature_of_another_version_is_refused(maker: Maker, version: TemplateVersion) -> None:
    assert "It is not what was published." in refused(maker, row(version))


def test_altered_content_is_refused_with_its_old_digest_and_with_a_new_one(
    maker: Maker, version: TemplateVersion
) -> None:
    larger = {"quota": {"app_bytes": 10**15, "app_objects": 10**9}}
    assert "not what was published" in refused(maker, row(version, content=larger, digest=version.digest))
    assert "not what was published" in refused(maker, row(version, version="9.0.1", content=larger))


def test_a_document_under_another_templates_name_is_refused(maker: Maker, version: TemplateVersion) -> None:
    other = Template.objects.create(slug=f"o-{new_id().hex}")
    moved = TemplateVersion.objects.create(
        template=other, version=version.version, content=version.content, digest=version.digest,
        signature=sign(Statement(other.slug, version.version, version.digest)),
    )  # fmt: skip
    assert "not what was published" in refused(maker, moved)


def test_a_published_version_cannot_be_changed_in_the_database(version: TemplateVersion) -> None:
    for field, value in (("content", {}), ("digest", "sha256:0"), ("version", "2.0.0")):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            TemplateVersion.objects.filter(pk=version.pk).update(**{field: value})


def test_an_app_whose_version_was_tampered_with_takes_nothing(maker: Maker, version: TemplateVersion) -> None:
    with tenant_scope(maker.workspace.tenant_id):
        app = install(version, maker.membership, Choices("One", "eu-central-1"))
    TemplateVersion.objects.filter(pk=version.pk).update(signature="")
    installations._document.cache_clear()
    with tenant_scope(maker.workspace.tenant_id), pytest.raises(Problem) as problem:
        installations.policy_of(app)
    assert problem.value.type.code == "TEMPLATE_REFUSED"


def test_the_catalogue_leaves_out_what_is_not_ours(version: TemplateVersion) -> None:
    row(version)
    assert version.template.slug not in {one.template.slug for one in current_versions()}
    assert current_version(version.template.slug) is None


def test_a_withdrawn_version_is_gone_from_the_catalogue_and_can_not_be_installed(
    maker: Maker, reviewer: User, version: TemplateVersion
) -> None:
    withdraw(version, reviewer, "It let in what it should not.")
    assert current_version(version.template.slug) is None
    again = TemplateVersion.objects.select_related("template").get(pk=version.pk)
    assert "It was withdrawn. It let in what it should not." in refused(maker, again)
    assert PlatformEvent.objects.filter(
        action="marketplace:template:withdrawn", subject=f"template:{version.template.slug}"
    ).exists()


def test_only_the_platforms_people_withdraw_and_for_a_reason(
    maker: Maker, reviewer: User, version: TemplateVersion
) -> None:
    with pytest.raises(Problem):
        withdraw(version, maker.user, "I don't like it.")
    with pytest.raises(ValueError, match="for a reason"):
        withdraw(version, reviewer, "  ")


def test_an_app_of_a_withdrawn_version_goes_on(maker: Maker, reviewer: User, version: TemplateVersion) -> None:
    with tenant_scope(maker.workspace.tenant_id):
        app = install(version, maker.membership, Choices("One", "eu-central-1"))
    withdraw(version, reviewer, "A newer one is better.")
    installations._document.cache_clear()
    with tenant_scope(maker.workspace.tenant_id):
        assert installations.policy_of(app).document.slug == version.template.slug
