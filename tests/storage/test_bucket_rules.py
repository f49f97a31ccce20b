"""The backstop that storage keeps by itself, on a real server: written, read back, and beside what others wrote."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from kernel.identifiers import new_id
from operations import health
from storage.bucket_rules import Backstop, backstop, set_backstop
from storage.object_store import s3_client
from storage.provisioning import provision

OTHERS = {
    "ID": "cold", "Status": "Enabled", "Filter": {"Tag": {"Key": "archive", "Value": "yes"}},
    "Expiration": {"Days": 4000},
}  # fmt: skip


@pytest.fixture(autouse=True)
def bucket(settings: Any) -> Iterator[str]:
    """A bucket of the test's own."""
    settings.S3_BUCKET = f"rules-{new_id().hex}"
    provision(s3_client())
    yield settings.S3_BUCKET
    s3_client().delete_bucket(Bucket=settings.S3_BUCKET)


def rules(bucket: str) -> list[Any]:
    return list(s3_client().get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"])


def test_provisioning_has_storage_discard_unfinished_uploads_and_nothing_else(bucket: str) -> None:
    (rule,) = rules(bucket)
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    assert rule["Status"] == "Enabled"
    assert not {"Expiration", "Transitions", "NoncurrentVersionExpiration"} & rule.keys(), "it deletes no object"
    assert health.storage_rules().words == "storage discards unfinished uploads after 7 days"


def test_what_others_wrote_stays(bucket: str) -> None:
    client = s3_client()
    client.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [OTHERS]})
    assert backstop(client) is Backstop.MISSING
    for _ in range(2):
        assert set_backstop(client) is Backstop.KEPT
    assert [rule["ID"] for rule in rules(bucket)] == ["cold", "gatehouse-unfinished-uploads"]


def test_a_rule_that_somebody_turned_off_is_missed_with_what_to_do_and_set_right(bucket: str) -> None:
    client = s3_client()
    (rule,) = rules(bucket)
    off: Any = {"Rules": [{**rule, "Status": "Disabled"}]}
    client.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration=off)
    state = health.storage_rules()
    assert (state.is_well, state.words) == (False, "storage keeps unfinished uploads for ever")
    assert "provision_storage" in state.advice
    provision(client)
    assert health.storage_rules().is_well


def test_a_storage_without_rules_is_told_of_in_plain_words_and_is_no_fault(monkeypatch: Any) -> None:
    client = s3_client()
    monkeypatch.setattr(health, "s3_client", lambda *_, **__: client)
    with Stubber(client) as stub:
        for _ in range(2):
            stub.add_client_error("get_bucket_lifecycle_configuration", "NotImplemented", http_status_code=501)
        assert set_backstop(client) is Backstop.UNKNOWN_TO_STORAGE
        state = health.storage_rules()
    assert state.is_well
    assert "has no rules of its own" in state.words


def test_where_it_cannot_be_told_it_is_an_error_and_no_no(settings: Any) -> None:
    settings.S3_SECRET_ACCESS_KEY, right = "wrong", settings.S3_SECRET_ACCESS_KEY
    with pytest.raises(ClientError):
        backstop(s3_client())
    assert not health.storage_rules().is_well
    settings.S3_SECRET_ACCESS_KEY = right
