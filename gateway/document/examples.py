"""One example of each shape, as a value of its type: what is shown can't differ from what is taken and given."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec

from gateway.api import answers, schemas
from gateway.api.one_call import RequestUpload

_ID, _FOLDER = "01a20a32-94ce-74f2-8c4f-5a7065cc6a70", "01a20a33-0b11-7d02-9a52-0c5d4b0f3e11"
_AT = dt.datetime(2026, 11, 23, 20, 15, tzinfo=dt.UTC)
_SOON, _LATER = _AT + dt.timedelta(minutes=2), _AT + dt.timedelta(days=90)
_STORAGE = "https://storage.example/gatehouse/"
_ETAG = "7ded45022ffe62ecda166f1e97be2272"

_FILE = answers.File(
    _ID, "colosseum.jpg", "Trips/Rome/colosseum.jpg", 2_481_233, "image/jpeg",
    {"classification": "internal", "kind": "photo"}, _AT, _LATER, None, None, True,
)  # fmt: skip
_PLACE = answers.Folder(_FOLDER, "Rome", "Trips/Rome", _AT)
_PART = answers.Part(1, f"{_STORAGE}…?partNumber=1&uploadId=…&X-Amz-Signature=…")
_FORM = answers.Form(_STORAGE, {"key": "…", "Content-Type": "image/jpeg", "policy": "…", "x-amz-signature": "…"})

FACTS: Mapping[str, str] = {
    "action": "open files", "app": "Trip photos", "detail": "This must be a whole number.", "hours": "12",
    "limit": "10 MB",
    "count": "10,000", "of": "Trip photos",
    "method": "PUT", "missing": "a malware scanner", "name": "colosseum.jpg", "pixels": "400", "place": "Germany",
    "reason": "Reports are named by year.", "reference": "R-6C7F1D", "seconds": "5", "size": "12 MB",
    "state": "aborted", "type": "a JPEG picture", "types": "a JPEG or PNG picture", "until": "1 March 2027",
    "why": "it holds itself", "workspace": "Travel", "tenant": "Acme",
}  # fmt: skip
"""What the words of problems speak of."""


EXAMPLES: Mapping[type, tuple[msgspec.Struct, ...]] = {
    schemas.CreateFolder: (schemas.CreateFolder("Trips/Rome"),),
    schemas.ChangeFolder: (schemas.ChangeFolder(name="Rome 2026", parent="Trips/Italy"),),
    schemas.StartUpload: (
        schemas.StartUpload("Trips/Rome/colosseum.jpg", 2_481_233, "image/jpeg"),
        schemas.StartUpload("Trips/Rome/film.mp4", 734_003_200, "video/mp4", multipart=True),
    ),
    schemas.CompleteUpload: (
        schemas.CompleteUpload(),
        schemas.CompleteUpload([schemas.SentPart(1, _ETAG)]),
    ),
    schemas.CompleteItem: (schemas.CompleteItem(id=_ID),),
    schemas.SignParts: (schemas.SignParts([17, 18, 19]),),
    schemas.ChangeFile: (schemas.ChangeFile(name="forum.jpg", folder="Trips/Rome"),),
    schemas.SignUrl: (schemas.SignUrl("original"),),
    schemas.SignUrlItem: (schemas.SignUrlItem(id=_ID, variant="thumbnail"),),
    RequestUpload: (
        RequestUpload(
            path="in/report.pdf", size=48_213, content_type="application/pdf", audience="app_0123456789abcdefghjk"
        ),
    ),
    answers.Folder: (_PLACE,),
    answers.File: (_FILE,),
    answers.StartedUpload: (
        answers.StartedUpload(_ID, "started", _SOON, _FORM),
        answers.StartedUpload(_ID, "started", _SOON, answers.Parts(8_388_608, 88, [_PART], _SOON)),
    ),
    answers.RequestedUpload: (
        answers.RequestedUpload(_ID, "started", _SOON, _FORM, answers.Token("eyJ…", "Bearer", 300, "files:write")),
    ),
    answers.Upload: (answers.Upload(_ID, "available", "colosseum.jpg", 2_481_233, _FILE, None),),
    answers.SignedPartList: (answers.SignedPartList([_PART], _SOON),),
    answers.StoredPartList: (answers.StoredPartList([answers.StoredPart(1, 8_388_608, _ETAG)]),),
    answers.Page: (answers.Page([_PLACE], [_FILE], None),),
    answers.TrashPage: (answers.TrashPage([_FILE], None),),
    answers.SignedUrl: (answers.SignedUrl(f"{_STORAGE}…?X-Amz-Signature=…", _SOON),),
}


def plain(example: msgspec.Struct) -> dict[str, Any]:
    """An example as JSON has it, without what nobody needs to say."""
    needed = {field.encode_name for field in msgspec.structs.fields(example) if field.required}
    told: dict[str, Any] = msgspec.to_builtins(example)
    ordinary: tuple[object, ...] = ("", None, False, {}, [])
    return {name: value for name, value in told.items() if name in needed or value not in ordinary}
