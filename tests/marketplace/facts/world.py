"""Apps of one template, made for real, and people who call the broker and the gateway with tokens of their own."""

import re
import uuid
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from altcha import PayloadV1, solve_challenge_v1
from django.conf import settings
from django.test import Client

from accounts.models import User
from broker.visitors import PROOF
from kernel.identifiers import new_id
from marketplace.installing import Choices, install
from marketplace.publishing import current_version, publish_catalogue
from operations.demo import found
from policy.actions import Action
from storage.models import StoredFile, Upload
from tenancy.memberships import in_workspace
from tenancy.models import Membership, Workspace
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.gateway.conftest import Person, file_away, send
from tests.marketplace.app_world import browser_of
from tests.marketplace.facts.card import Sentence, sentences
from tests.marketplace.facts.specimens import Specimen, named_in
from tests.marketplace.own_keys import use_new_key

FORM = "application/x-www-form-urlencoded"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
SESSION = "urn:gatehouse:params:oauth:token-type:session"
UNREAD = "It has rules of its own that may refuse more"
"""What a card says of rules that the engine had no time to read."""

_NOT_ASKED = {"POLICY_UNAVAILABLE", "POLICY_BROKEN"}
"""How a start is refused where the engine had no time for the template's rules: they have refused nothing yet."""

_ATTEMPTS = 5
OWN_KEY = "Encrypted with the workspace's own key"


@dataclass
class Browser:
    """Somebody on the upload page of an app: signed in, or a visitor."""

    person: Person
    client: Client

    @cached_property
    def surface(self) -> dict[str, Any]:
        told: dict[str, Any] = self.client.get(f"/go/{self.person.app.slug}/surface.json").json()
        return told

    def agree(self, asked: dict[str, Any] | None = None) -> "Browser":
        version = (asked or self.surface["consent"])["version"]
        words = {"app": self.person.app.publishable_id, "version": version}
        assert self.client.post("/oauth/consents", words, content_type="application/json").status_code == 201
        return self

    def exchange(self, scope: str, **changes: str) -> Any:
        wish = {"subject_token": self.surface["csrf"], "subject_token_type": SESSION, **changes}
        form = {"grant_type": EXCHANGE, "audience": self.person.app.publishable_id, "scope": scope, **wish}
        return self.client.post("/oauth/token", urlencode(form), content_type=FORM)

    def exchange_proof(self, proof: str, consent: str | None = None) -> Any:
        agreed = self.surface["consent"]["version"] if consent is None else consent
        return self.exchange("files:write", subject_token=proof, subject_token_type=PROOF, consent=agreed)

    def solved(self) -> str:
        """The proof of work that the page's challenge asks for."""
        asked = self.client.get(self.surface["visitor"]["challenge"]).json()
        names = ("challenge", "salt", "algorithm", "maxNumber")
        found_one = solve_challenge_v1(*(asked[name] for name in names))
        assert found_one is not None
        return PayloadV1(
            asked["algorithm"], asked["challenge"], found_one.number, asked["salt"], asked["signature"]
        ).to_base64()


@dataclass
class App:
    """One app of the template with somebody in each role."""

    person: Person
    users: dict[Role, User] = field(default_factory=dict)

    def browser(self, role: Role) -> Browser:
        if role not in self.users:
            self.users[role] = User.objects.create_user(f"{new_id().hex}@acme.example")
            ids = {"tenant_id": self.person.app.tenant_id, "workspace_id": self.person.app.workspace_id}
            with tenant_scope(self.person.app.tenant_id):
                Membership.objects.create(user=self.users[role], role=role, **ids)
        return Browser(self.person, browser_of(self.users[role]))

    def call(self, method: str, path: str, content: Any = None, token: str = "") -> Any:
        return self.person.call(method, path, content, token or None)

    def start(self, specimen: Specimen, size: int = 0, token: str = "", **changes: Any) -> Any:
        wish = {"path": specimen.named("Miller-2041"), "size": size or len(specimen.body)}
        wish |= {"content_type": specimen.media_type, **changes}
        for _attempt in range(_ATTEMPTS):
            answer = self.call("post", "/uploads", wish, token)
            if answer.status_code == 201 or answer.json()["code"] not in _NOT_ASKED:
                break
        return answer

    def send(self, specimen: Specimen, body: bytes) -> str:
        """Bring the bytes to quarantine; the upload's id. What the gateway says of them is for the trial to ask."""
        started = self.start(specimen, len(body))
        assert started.status_code == 201, started.content
        assert send(started.json()["upload"], body).status_code == 201
        return str(started.json()["id"])

    def file(self, specimen: Specimen, stem: str = "Miller-2041") -> str:
        """The id of a file that every engine found clean."""
        wish = {"path": specimen.named(stem), "content_type": specimen.media_type}
        return file_away(self.person, settings.CLAMD_URL, specimen.body, **wish)

    def stored(self, file_id: str) -> StoredFile | None:
        with tenant_scope(self.person.app.tenant_id):
            found_one: StoredFile | None = StoredFile.objects.filter(pk=uuid.UUID(file_id)).first()
        return found_one

    def upload(self, upload_id: str) -> Upload:
        with tenant_scope(self.person.app.tenant_id):
            upload: Upload = Upload.objects.get(pk=upload_id)
        return upload


class World:
    """One template: what its card says, and apps of it in a workspace each."""

    def __init__(self, slug: str) -> None:
        publish_catalogue()
        version = current_version(slug)
        assert version is not None
        self.slug, self.version = slug, version

    @cached_property
    def card(self) -> list[Sentence]:
        """What the template's page tells somebody who could make an app of it."""
        user, _workspace = self.new_workspace(Role.BUILDER)
        for _attempt in range(_ATTEMPTS):
            card = sentences(browser_of(user).get(f"/templates/{self.slug}/").content.decode())
            if not any(sentence.words == UNREAD for sentence in card):
                break
        return card

    def promises(self, words: str) -> bool:
        """Whether a sentence of the card begins like this."""
        return any(sentence.words.startswith(words) for sentence in self.card)

    def says(self, pattern: str) -> "re.Match[str]":
        """The one sentence of the card that is like the pattern."""
        (found_one,) = filter(None, (re.fullmatch(pattern, sentence.words) for sentence in self.card))
        return found_one

    @cached_property
    def types(self) -> list[Specimen]:
        """The types that the card names."""
        return named_in(self.says(r"Each file: (?P<types>.+), up to .+")["types"])

    @property
    def specimen(self) -> Specimen:
        return self.types[0]

    @cached_property
    def bare(self) -> App:
        """An app whose maker ticked no box."""
        return self.new_app()

    @cached_property
    def full(self) -> App:
        """An app whose maker ticked every box."""
        return self.new_app(everything=True)

    def new_app(self, region: str = "eu-central-1", *, everything: bool = False, own_key: bool = False) -> App:
        user, workspace = self.new_workspace(Role.OWNER)
        extra = frozenset(Action) if everything else frozenset()
        own_key = own_key or self.promises(OWN_KEY)
        with tenant_scope(workspace.tenant_id):
            membership = in_workspace(user.pk, workspace.id)
            assert membership is not None
            if own_key:
                use_new_key(workspace, user.pk)
            app = install(self.version, membership, Choices("One", region, extra))
        return App(Person(app, user), {Role.OWNER: user})

    def new_workspace(self, role: Role) -> tuple[User, Workspace]:
        user = User.objects.create_user(f"{new_id().hex}@acme.example")
        return user, found("Acme", f"a-{new_id().hex}", "Acme", "eu-central-1", [(user, role)])
