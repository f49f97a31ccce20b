"""Space that runs out is told at 80, 95 and 100 percent, once each until usage has fallen again."""

import pytest

from kernel.sizes import GB, MB
from notices.kinds import Channel
from notices.quota_watch import watch_quotas
from notices.tasks import watch_quotas as watch_all
from quotas.models import Quota
from tenancy.scoping import tenant_scope
from tests.notices.world import Office


def told(office: Office) -> list[str]:
    return [each.notice.kind for each in office.deliveries(channel=Channel.IN_APP, user=office.owner)]


def usage(office: Office, *percents: int) -> list[str]:
    for percent in percents:
        office.fill(percent * GB // 100)
        watch_quotas(office.tenant_id)
    return told(office)


def test_each_threshold_is_told_once_on_the_way_up(office: Office) -> None:
    assert usage(office, 79, 80, 81, 94, 95, 99, 100, 100) == ["quota.near", "quota.nearly_full", "quota.full"]


@pytest.mark.parametrize(("percent", "kind"), [(80, "quota.near"), (97, "quota.nearly_full"), (100, "quota.full")])
def test_a_jump_tells_the_highest_alone(office: Office, percent: int, kind: str) -> None:
    assert usage(office, percent) == [kind]


def test_it_is_told_again_after_usage_fell(office: Office) -> None:
    assert usage(office, 85, 40, 85) == ["quota.near", "quota.near"]


def test_a_fall_from_full_tells_nothing_and_full_again_is_told(office: Office) -> None:
    assert usage(office, 100, 85, 100) == ["quota.full", "quota.full"]


def test_one_file_up_and_down_at_the_threshold_is_told_once(office: Office) -> None:
    assert usage(office, 80, 79, 80, 79, 80) == ["quota.near"]


def test_more_space_counts_as_a_fall(office: Office) -> None:
    usage(office, 100)
    office.fill(GB, 2 * GB)
    watch_quotas(office.tenant_id)
    office.fill(2 * GB, 2 * GB)
    watch_quotas(office.tenant_id)
    assert told(office) == ["quota.full", "quota.full"]


def test_many_small_files_fill_a_quota_too(office: Office) -> None:
    office.fill(1 * MB, files=96)
    watch_quotas(office.tenant_id)
    (notice,) = [each.notice for each in office.deliveries(channel=Channel.IN_APP, user=office.owner)]
    assert notice.words.startswith("Photos has used 96 of its 100 files.")


def test_the_words_name_the_numbers(office: Office) -> None:
    office.fill(800 * MB)
    watch_quotas(office.tenant_id)
    (notice,) = [each.notice for each in office.deliveries(channel=Channel.IN_APP, user=office.builder)]
    assert notice.title == "Photos has used 80 % of its space"
    assert notice.words.startswith("Photos has used 800 MB of its 1 GB.")


def test_a_full_workspace_is_told_to_its_owners_alone(office: Office) -> None:
    with tenant_scope(office.tenant_id):
        Quota.objects.filter(app=None).update(bytes_used=GB)
    watch_all()
    assert told(office) == ["quota.full"]
    assert office.deliveries(user=office.builder) == []


def test_what_uploads_hold_is_not_usage(office: Office) -> None:
    with tenant_scope(office.tenant_id):
        Quota.objects.filter(app=office.app).update(bytes_held=GB)
    watch_quotas(office.tenant_id)
    assert told(office) == []
