"""Each task has the queue that is written for it, and each queue a worker: `make run`'s and the operator's guide's."""

import re

from celery import current_app
from celery.app.routes import MapRoute
from django.conf import settings

from embedded.management import PROJECT

GUIDE = (PROJECT / "docs" / "operating.md").read_text(encoding="utf-8")
RUN = (PROJECT / "platform" / "embedded" / "run.py").read_text(encoding="utf-8")


def queues_of_tasks() -> dict[str, str]:
    """Of each task of ours the queue that is written for it, empty where none is."""
    current_app.loader.import_default_modules()
    route = MapRoute(settings.CELERY_TASK_ROUTES)
    ours = [name for name in current_app.tasks if not name.startswith("celery.")]
    return {name: (route(name) or {}).get("queue", "") for name in ours}


def test_each_task_has_a_queue_that_somebody_works_on() -> None:
    assert {name for name, queue in queues_of_tasks().items() if queue not in settings.JOB_QUEUES} == set()


def test_each_round_is_of_a_task_that_there_is() -> None:
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= queues_of_tasks().keys()


def test_every_queue_has_a_worker_where_all_is_run_at_once_and_in_the_guide() -> None:
    for text in (re.findall(r'_QUEUES = "([a-z,]+)"', RUN), re.findall(r"worker -Q ([a-z,]+)`", GUIDE)):
        assert [set(queues.split(",")) for queues in text] == [set(settings.JOB_QUEUES)]


def test_kinds_of_work_do_not_wait_for_each_other() -> None:
    """Scans keep no notice, and a long round no price, from its turn."""
    queues = queues_of_tasks()
    assert queues["scanning.scan_upload"] == "scan"
    assert queues["scanning.make_thumbnail"] == "media"
    assert queues["lifecycle.reconcile_one"] == "lifecycle"
    assert queues["notices.watch_quotas"] == queues["admission.settle_requests"] == "metering"
    assert queues["notices.deliver"] == "notify"
    assert MapRoute(settings.CELERY_TASK_ROUTES)("audit.anything") == {"queue": "audit"}
