"""The demonstration's people, who make apps and bring files in as the pages let them."""

from typing import Any

import requests
from django.db import transaction

from accounts.models import User
from broker.subjects import SESSION, Presented
from broker.tokens import verify
from gateway.callers import Caller
from gateway.completion import complete_upload
from gateway.grants import grants
from gateway.one_call import request_upload
from gateway.starting import UploadRequest
from kernel import clock
from marketplace.consent_words import consent_words
from marketplace.installations import policy_of
from marketplace.installing import Choices, install
from marketplace.models import TemplateVersion
from marketplace.neighbours import neighbours
from marketplace.publishing import current_version
from policy.actions import Action
from storage.grants import upload_form
from storage.models import Upload
from storage.object_store import object_store
from storage.part_store import part_store
from storage.states import UploadState
from tenancy.memberships import memberships_of
from tenancy.models import Membership, MicroApp, Workspace
from tenancy.principals import user_principal
from tenancy.scoping import tenant_scope

JPEG = "image/jpeg"


class Person:
    """One of the demo's people, at work."""

    def __init__(self, email: str) -> None:
        self.user = User.objects.get(email=email)
        self.actor = user_principal(self.user.pk)
        with transaction.atomic():
            self.membership: Membership = memberships_of(self.user.pk)[0]
        self.tenant = self.membership.tenant_id
        with self.at_work():
            self.workspace = Workspace.objects.get(pk=self.membership.workspace_id)

    def at_work(self) -> Any:
        return tenant_scope(self.tenant)

    def app(self, name: str, template: str, version: TemplateVersion | None = None) -> MicroApp:
        """The app of this name, made where it isn't there yet, with everything that its template lets it do."""
        with self.at_work():
            return self._app(name, template, version)

    def _app(self, name: str, template: str, version: TemplateVersion | None) -> MicroApp:
        found = MicroApp.objects.filter(workspace=self.workspace, name=name).select_related("workspace").first()
        if found is not None:
            return found
        made = version or current_version(template)
        assert made is not None
        extra = frozenset(Action(action) for action in made.document.permissions.optional)
        return install(made, self.membership, Choices(name, made.document.regions[0], extra))

    def send(self, app: MicroApp, path: str, body: bytes, content_type: str = JPEG) -> None:
        """Bring a file in, after agreeing to the app's words."""
        with self.at_work():
            words = consent_words(app, policy_of(app))
            if not neighbours().has_agreed(app, self.user.pk, words):
                neighbours().agree(app, self.user.pk, words)
            sent = Upload.objects.filter(app=app, name=path.rsplit("/", 1)[-1])
            if sent.exclude(state=UploadState.STARTED).exists():
                return
        wish = UploadRequest(path, len(body), content_type)
        started = request_upload(Presented("", SESSION, self.user.pk), app.publishable_id, wish, grants)
        form = upload_form(started.upload, clock.now())
        files = {"file": (path, body, content_type)}
        requests.post(form.url, data=dict(form.fields), files=files, timeout=30).raise_for_status()
        caller = Caller(verify(started.issued.value))
        complete_upload(caller, started.upload.id, object_store(), part_store())
