"""Which operation an address is charged as at the gate."""

from collections.abc import Mapping

from django.http import HttpRequest

from admission.operations import Operation

_BY_NAME: Mapping[str, Operation] = {
    "createFolder": Operation.CREATE_FOLDER,
    "uploadStart": Operation.UPLOAD_START,
    "uploadState": Operation.UPLOAD_STATUS,
    "uploadParts": Operation.UPLOAD_PART,
    "uploadComplete": Operation.UPLOAD_COMPLETE,
    "uploadAbort": Operation.UPLOAD_ABORT,
    "requestUpload": Operation.UPLOAD_START,
    "list": Operation.LIST,
    "getSignedUrl": Operation.GET_SIGNED_URL,
}
_BY_METHOD: Mapping[str, Operation] = {
    "GET": Operation.LIST,
    "HEAD": Operation.LIST,
    "DELETE": Operation.DELETE,
    "PATCH": Operation.MOVE,
}


def operation_of(request: HttpRequest) -> Operation:
    """By the address's name; a reading of what is otherwise written costs what a reading costs."""
    match = request.resolver_match
    name = match.url_name if match else None
    if name == "uploadParts" and request.method == "GET":
        return Operation.UPLOAD_STATUS
    return _BY_NAME.get(name or "") or _BY_METHOD.get(request.method or "", Operation.COPY)
