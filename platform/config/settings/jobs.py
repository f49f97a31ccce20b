"""Celery: work that outlives a request. Tasks are idempotent, so a lost worker's tasks run again."""

from config.settings import environment as env

CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", env.text("REDIS_URL"))
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
JOB_QUEUES = ("scan", "media", "lifecycle", "metering", "audit", "notify", "default")
"""One for each kind of work, so that each can have machines of its own; `default` is for short work that somebody may
be waiting for. A task without a line below goes there too, which the tests don't let pass."""

CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "scanning.scan_upload": {"queue": "scan"},
    "scanning.resume_stalled": {"queue": "scan"},
    "gateway.complete_arrived": {"queue": "scan"},
    "scanning.make_thumbnail": {"queue": "media"},
    "lifecycle.*": {"queue": "lifecycle"},
    "scanning.rescan_all": {"queue": "lifecycle"},
    "scanning.rescan_file": {"queue": "lifecycle"},
    "gateway.forget_old_keys": {"queue": "lifecycle"},
    "broker.forget_expired": {"queue": "lifecycle"},
    "operations.clean_up_sandboxes": {"queue": "lifecycle"},
    "metering.*": {"queue": "metering"},
    "admission.settle_requests": {"queue": "metering"},
    "notices.watch_quotas": {"queue": "metering"},
    "operations.measure_first_uploads": {"queue": "metering"},
    "audit.*": {"queue": "audit"},
    "notices.deliver": {"queue": "notify"},
    "notices.deliver_all": {"queue": "notify"},
    "notices.forget_old": {"queue": "notify"},
    "notices.tell": {"queue": "notify"},
    "scanning.try_scanner": {"queue": "notify"},
    "broker.tell_storage_of_websites": {"queue": "default"},
    "broker.rotate_signing_keys": {"queue": "default"},
    "marketplace.*": {"queue": "default"},
    "operations.fill_sandbox": {"queue": "default"},
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_connect_timeout": 0.5,
    "socket_timeout": 5,
    "global_keyprefix": "celery:",
}
CELERY_TASK_TIME_LIMIT = 3300
"""Within the visibility timeout: what stands still ends before the queue hands its task to a second worker, and rounds
take up what it left."""

CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "UTC"

SCAN_STALLED_AFTER_SECONDS = env.whole_number("SCAN_STALLED_AFTER_SECONDS", 60)
"""How long an upload may wait in one state before the beat hands it to a worker again."""

METRICS_TOKEN = env.optional("METRICS_TOKEN")
"""What a scraper of /metrics shows as its bearer token; without it there is no such page."""

CELERY_BEAT_SCHEDULE = {
    "analyse-waiting-reviews": {"task": "marketplace.analyse_waiting", "schedule": 60},
    "resume-stalled-scans": {
        "task": "scanning.resume_stalled",
        "schedule": env.whole_number("SCAN_SWEEP_EVERY_SECONDS", 15),
    },
    "rescan-with-new-signatures": {"task": "scanning.rescan_all", "schedule": 900.0},
    "expire-lapsed-uploads": {"task": "lifecycle.expire_lapsed", "schedule": 30.0},
    "clear-quarantine": {"task": "lifecycle.clear_quarantine", "schedule": 900.0},
    "tell-storage-of-websites": {"task": "broker.tell_storage_of_websites", "schedule": 120.0},
    "rotate-signing-keys": {"task": "broker.rotate_signing_keys", "schedule": 24 * 3600.0},
    "forget-expired-codes": {"task": "broker.forget_expired", "schedule": 3600.0},
    "reconcile-with-storage": {"task": "lifecycle.reconcile", "schedule": 6 * 3600.0},
    "forget-old-keys": {"task": "gateway.forget_old_keys", "schedule": 600.0},
    "delete-due-files": {"task": "lifecycle.delete_due", "schedule": 300.0},
    "archive-due-files": {"task": "lifecycle.archive_due", "schedule": 60.0},
    "bind-legal-holds": {"task": "lifecycle.bind_holds", "schedule": 60.0},
    "keep-what-must-stay": {"task": "lifecycle.keep_retained", "schedule": 60.0},
    "warn-of-deletions": {"task": "lifecycle.warn_of_deletions", "schedule": 6 * 3600.0},
    "deliver-notices": {"task": "notices.deliver_all", "schedule": 10.0},
    "settle-requests": {"task": "admission.settle_requests", "schedule": 60.0},
    "watch-quotas": {"task": "notices.watch_quotas", "schedule": 60.0},
    "measure-first-uploads": {"task": "operations.measure_first_uploads", "schedule": 900.0},
    "clean-up-sandboxes": {"task": "operations.clean_up_sandboxes", "schedule": 300.0},
    "forget-old-notices": {"task": "notices.forget_old", "schedule": 24 * 3600.0},
}
YARA_RULES_FOLDER = env.optional("YARA_RULES_FOLDER")
"""A folder with rules of one's own (`*.yar`), used beside those that are shipped; changes are taken up at once."""

CLAMD_URL = env.optional("CLAMD_URL")
"""Where clamd listens, as tcp://host:port or unix:///path. Without it files wait unscanned: none is skipped."""
