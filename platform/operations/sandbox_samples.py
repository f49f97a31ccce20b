"""A sandbox's sample files. They come in as every file does: announced, sent to storage, verified, scanned."""

import io
import uuid
from dataclasses import dataclass

import requests
from django.utils.translation import gettext, gettext_noop
from PIL import Image, ImageDraw

from accounts.language import language_of
from broker.issuing import issue
from broker.tokens import verify
from gateway.callers import Caller
from gateway.completion import complete_upload
from gateway.grants import grants
from gateway.starting import UploadRequest, start_upload
from kernel import clock
from policy.actions import Action
from policy.narrowing import Reach
from storage.grants import upload_form
from storage.models import StoredFile, Upload
from storage.object_store import object_store
from storage.part_store import part_store
from tenancy.models import MicroApp
from tenancy.principals import app_principal
from tenancy.scoping import tenant_scope

_TOKEN_SECONDS = 60
_STORAGE_PATIENCE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture of a sky, a ground and a light between them."""

    name: str
    sky: str
    ground: str
    light: tuple[int, int]

    def drawn(self) -> bytes:
        """The picture as JPEG."""
        picture = Image.new("RGB", (960, 640), self.sky)
        pen = ImageDraw.Draw(picture)
        x, y = self.light
        pen.ellipse((x - 60, y - 60, x + 60, y + 60), fill="#ffd68a")
        pen.polygon([(0, 640), (0, 430), (320, 330), (640, 450), (960, 360), (960, 640)], fill=self.ground)
        body = io.BytesIO()
        picture.save(body, "JPEG", quality=85)
        return body.getvalue()


SAMPLES = (
    Sample(gettext_noop("Lake in the morning.jpg"), "#9fd3e6", "#2f6b4f", (720, 210)),
    Sample(gettext_noop("Evening on the beach.jpg"), "#e9a06b", "#8a6a4a", (300, 330)),
    Sample(gettext_noop("Night over the hills.jpg"), "#16324a", "#0d1f2b", (620, 150)),
)


def fill(tenant_id: uuid.UUID, app_id: uuid.UUID) -> int:
    """Bring in the samples that aren't there yet; how many were. Killed on the way, a second run brings the rest.

    Raises Problem as uploadStart does, and requests' errors where storage doesn't take a file.
    """
    caller = _app_itself(tenant_id, app_id)
    with tenant_scope(tenant_id):
        there = set(StoredFile.objects.filter(app_id=app_id).values_list("name", flat=True))
        there |= set(Upload.objects.filter(app_id=app_id).values_list("name", flat=True))
        guest = MicroApp.objects.select_related("created_by").get(pk=app_id).created_by
    with language_of(guest):
        missing = {name: sample for sample in SAMPLES if (name := gettext(sample.name)) not in there}
    for name, sample in missing.items():
        _bring_in(caller, name, sample.drawn())
    return len(missing)


def _app_itself(tenant_id: uuid.UUID, app_id: uuid.UUID) -> Caller:
    """The app as who brings the samples: the guest has agreed to nothing yet."""
    with tenant_scope(tenant_id):
        app = MicroApp.objects.select_related("workspace").get(pk=app_id)
        held = grants(app.publishable_id)
        grant = held.grant(None) if held else None
        if grant is None:
            raise RuntimeError("The sandbox's first app allows nothing.")
        reach = Reach(frozenset({Action.FILES_WRITE}), "", _TOKEN_SECONDS)
        return Caller(verify(issue(app, app_principal(app.publishable_id), grant, reach).value))


def _bring_in(caller: Caller, name: str, body: bytes) -> None:
    upload = start_upload(caller, UploadRequest(name, len(body), "image/jpeg"))
    form = upload_form(upload, clock.now())
    files = {"file": (name, body, "image/jpeg")}
    requests.post(form.url, data=dict(form.fields), files=files, timeout=_STORAGE_PATIENCE_SECONDS).raise_for_status()
    complete_upload(caller, upload.id, object_store(), part_store())
