"""Object storage: any S3-compatible engine. The credential stays in the server; nothing hands it out."""

from config.settings import environment as env

S3_ENDPOINT_URL = env.text("S3_ENDPOINT_URL").rstrip("/")
S3_PUBLIC_ENDPOINT_URL = env.text("S3_PUBLIC_ENDPOINT_URL", S3_ENDPOINT_URL).rstrip("/")
"""The endpoint as browsers reach it; signatures cover its host."""

S3_REGION = env.text("S3_REGION", "eu-central-1")
S3_BUCKET = env.text("S3_BUCKET", "gatehouse")
S3_ARCHIVE_CLASS = env.optional("S3_ARCHIVE_CLASS")
"""The storage class of archived files, as GLACIER_IR or DEEP_ARCHIVE; without it they are tagged `archive=yes`."""

S3_OBJECT_LOCK = env.flag("S3_OBJECT_LOCK", default=False)
"""Whether `provision_storage` makes the bucket with object lock, so that holds and retention bind storage too."""

S3_RETENTION_MODE = env.one_of("S3_RETENTION_MODE", "GOVERNANCE", "COMPLIANCE")
"""How strictly storage keeps what must stay: COMPLIANCE can't be taken back by anybody."""

S3_ACCESS_KEY_ID = env.text("S3_ACCESS_KEY_ID")
S3_SECRET_ACCESS_KEY = env.text("S3_SECRET_ACCESS_KEY")
STORAGE_EVENTS_SECRET = env.optional("STORAGE_EVENTS_SECRET")
"""What the S3 server shows as its bearer token at /hooks/storage; without it there is no such address."""

S3_POST_TAG_FIELD = env.text("S3_POST_TAG_FIELD", "tagging")
"""`tagging` (XML, as AWS takes it) or `x-amz-tagging` (as SeaweedFS takes it)."""

S3_CUSTOMER_KEYS = env.flag("S3_CUSTOMER_KEYS", default=False)
"""Whether storage asks a key service for keys that customers hold (SSE-KMS)."""

S3_CONNECT_SECONDS = env.whole_number("S3_CONNECT_MILLISECONDS", 500) / 1000
S3_ANSWER_SECONDS = env.whole_number("S3_ANSWER_MILLISECONDS", 5000) / 1000
"""How long storage may stay silent, each time, before it counts as away. Copies of large objects answer late."""

S3_PROMPT_CONNECT_SECONDS = env.whole_number("S3_PROMPT_CONNECT_MILLISECONDS", 50) / 1000
S3_PROMPT_ANSWER_SECONDS = env.whole_number("S3_PROMPT_ANSWER_MILLISECONDS", 1000) / 1000
"""The same where somebody waits for what storage does at once: to look at an object, to begin one in parts.

A second, since S3 itself answers some of these in hundreds of milliseconds; a connection within a region takes a few.
"""
