"""The platform's operations, each once: its public name, its kind and what it costs unless an owner says otherwise.

Each kind has rates of its own, so a storm of reading starves no writing. A cost is in units of the rates.
"""

from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """What is asked for; the kinds don't share rates."""

    READ = "read"
    WRITE = "write"
    FINISH = "finish"
    TOKEN = "token"  # noqa: S105 - a kind of operation
    CHECK = "check"

    @property
    def may_go_on_without_redis(self) -> bool:
        """Whether it frees what is held or ends access: that goes on under a limiter of the process's own."""
        return self is Kind.FINISH


class Operation(StrEnum):
    """By the names that the API, the logs and the metrics use."""

    LIST = "list"
    GET_SIGNED_URL = "getSignedUrl"
    UPLOAD_STATUS = "uploadStatus"
    REPLAY = "replay"
    CREATE_FOLDER = "createFolder"
    UPLOAD_START = "uploadStart"
    MULTIPART_START = "multipartStart"
    UPLOAD_PART = "uploadPart"
    COPY = "copy"
    MOVE = "move"
    DELETE = "delete"
    RESTORE = "restore"
    UPLOAD_COMPLETE = "uploadComplete"
    UPLOAD_ABORT = "uploadAbort"
    REVOKE = "revoke"
    EXCHANGE = "exchange"
    INTROSPECT = "introspect"

    @property
    def kind(self) -> Kind:
        """Whose rates it is charged to."""
        return _KINDS[self]


_KINDS = MappingProxyType(
    dict.fromkeys(Operation, Kind.WRITE)
    | dict.fromkeys((Operation.LIST, Operation.GET_SIGNED_URL, Operation.UPLOAD_STATUS), Kind.READ)
    | dict.fromkeys((Operation.UPLOAD_COMPLETE, Operation.UPLOAD_ABORT, Operation.REVOKE), Kind.FINISH)
    | {Operation.EXCHANGE: Kind.TOKEN, Operation.INTROSPECT: Kind.CHECK}
)

DEFAULT_COSTS = MappingProxyType(
    dict.fromkeys(Operation, 1) | {Operation.COPY: 2, Operation.MULTIPART_START: 5, Operation.UPLOAD_PART: 2}
)
