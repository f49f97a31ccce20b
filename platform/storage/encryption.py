"""How objects are encrypted at rest: by storage's own key, or by one that a customer holds in their key service.

S3's names for the two are SSE-S3 and SSE-KMS. A key is named by its id as storage tells it; the empty name means
storage's own.
"""

from typing import Any

_STORAGES_OWN, _KEY_SERVICE = "AES256", "aws:kms"
_MODE_FIELD, _KEY_FIELD = "x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id"


def parameters(key: str) -> dict[str, Any]:
    """For a call of an S3 client that writes an object."""
    if not key:
        return {"ServerSideEncryption": _STORAGES_OWN}
    return {"ServerSideEncryption": _KEY_SERVICE, "SSEKMSKeyId": key}


def form_fields(key: str) -> dict[str, str]:
    """For a signed form: storage refuses the form with others, or without them."""
    return {_MODE_FIELD: _KEY_SERVICE, _KEY_FIELD: key} if key else {_MODE_FIELD: _STORAGES_OWN}


def is_by(key: str, mode: str, named: str) -> bool:
    """Whether what storage says of an object, its mode and key, is encryption by this key and no other."""
    return (mode, named) == ((_KEY_SERVICE, key) if key else (_STORAGES_OWN, ""))
