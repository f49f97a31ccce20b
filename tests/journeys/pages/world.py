"""A marketing team's week on a platform that runs: `python -m tests.journeys.pages.world` makes and tells it.

Everything comes about as it does for people: apps are installed, files are announced, sent to storage, verified and
scanned by the worker, templates are handed in and looked at. What is asked for twice is there once.
"""

# ruff: noqa: E402 - models can be imported only once Django is set up

import json
import sys
import time
import uuid
from collections.abc import Callable, Iterable
from typing import Any

import django

django.setup()

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings

from accounts.models import User
from broker import issuers
from broker.models import TrustedIssuer
from kernel.identifiers import new_id
from kernel.sizes import GB
from lifecycle import holds
from marketplace import draft as drafting
from marketplace import reviews, sandbox, setups, showing, versions
from marketplace.draft_content import blank
from marketplace.installing import Choices
from marketplace.models import AppRequest, Review, Setup, TemplateDraft, TemplateVersion
from marketplace.neighbours import neighbours
from marketplace.publishing import CATALOGUE, current_version, publish, withdraw
from marketplace.requests import Wish, ask
from notices import endpoints
from notices.kinds import Kind
from notices.models import WebhookEndpoint
from operations.demo import PLATFORM_OWNER
from policy.actions import Action
from scanning.models import OutsideScanner
from scanning.outside import registration
from storage.models import Folder, LegalHold, StoredFile, Upload
from storage.states import UploadState
from tenancy.models import Membership, MicroApp
from tenancy.roles import Role
from tenancy.scoping import tenant_scope
from tests.journeys.pages.paintings import OPEN_DAY, SUMMER, painted
from tests.journeys.pages.people import Person
from tests.journeys.pages.places import KIM, OTTO
from tests.scanning.making import CARDS, pdf
from tests.scanning.scanners import EICAR

PDF = "application/pdf"
_PATIENCE_SECONDS = 90
_NEWS, _RECEIPTS = "field-notes", "Travel receipts"
_SUMMARY = "What the field teams see on their visits, in pictures that stay half a year or longer."
BEING_CHECKED = (UploadState.RECEIVED, UploadState.SCANNING)


def make() -> dict[str, str]:
    """The world, and what its things are called in addresses."""
    olivia, ben, mia = (Person(f"{name}@acme.example") for name in ("owner", "builder", "member"))
    files = _party(ben, mia, olivia), _invoices(olivia, mia), _gallery(ben, mia)
    _kim()
    names = {**_without_files(ben), **_templates(ben), "wish": _wish(), "reset": _reset()}
    with olivia.at_work():
        names |= {**_neighbours_of(olivia), **_setups(ben)}
    _until(olivia, lambda: not Upload.objects.filter(state__in=BEING_CHECKED).exists())
    with olivia.at_work():
        names |= _decisions(*files, olivia)
    names["typed"] = json.dumps(sorted(_typed(olivia)))
    _until(olivia, lambda: not Review.objects.filter(state=Review.State.WAITING).exists())
    with olivia.at_work():
        return names | _reviews_of(names)


def _reviews_of(names: dict[str, str]) -> dict[str, str]:
    return {
        "review": str(Review.objects.filter(draft=names["draft"]).latest("requested_at").pk),
        "high": str(Review.objects.filter(draft=names["risky"]).latest("requested_at").pk),
    }


def _party(ben: Person, mia: Person, olivia: Person) -> MicroApp:
    app = ben.app("Summer party", "team-photo-share")
    for number, scene in enumerate(SUMMER):
        who = (ben, mia, olivia)[number % 3]
        who.send(app, f"{'By the lake/' if number < 2 else ''}{scene.name}", painted(scene))
    mia.send(app, "Surprise.jpg", painted(SUMMER[2]) + EICAR)
    with ben.at_work():
        if not AppRequest.objects.filter(app=app).exists():
            ask(app, ben.user.pk, Wish(AppRequest.Kind.SPACE, 10 * GB, "Four more teams join next week."))
        neighbours().keep_websites(app, ["https://intranet.acme.example"], ben.actor)
    return app


def _invoices(olivia: Person, mia: Person) -> MicroApp:
    app = olivia.app("Supplier invoices", "invoice-inbox")
    for supplier in ("Northwind", "Meyer Printing", "Lakeside Catering"):
        mia.send(app, f"{supplier} 2026-11.pdf", pdf(f"Invoice of {supplier}, 1,234.50 EUR"), PDF)
    mia.send(app, "Travel agency 2026-11.pdf", pdf(f"Paid by card. {CARDS}"), PDF)
    mia.send(app, "Hotel 2026-11.pdf", pdf(f"Corporate card. {CARDS} again"), PDF)
    return app


def _gallery(ben: Person, mia: Person) -> MicroApp:
    app = ben.app("Open day", "event-gallery")
    for scene in OPEN_DAY:
        mia.send(app, scene.name, painted(scene))
    return app


def _decisions(party: MicroApp, invoices: MicroApp, gallery: MicroApp, olivia: Person) -> dict[str, str]:
    """What people decide once everything was scanned."""
    for name in ("Welcome.jpg", "Workshop tour.jpg", "The new hall.jpg"):
        showing.decide(gallery, _file(gallery, name), is_shown=True, actor=olivia.actor)
    if not LegalHold.objects.filter(app=party).exists():
        holds.place(party, _file(party, "The band.jpg"), reason="A question about the contract", actor=olivia.actor)
    held = Upload.objects.get(app=invoices, name="Travel agency 2026-11.pdf")
    return {
        "full": party.slug,
        "invoices": invoices.slug,
        "gallery": gallery.slug,
        "shown": str(_file(gallery, "Welcome.jpg")),
        "file": str(_file(party, "Lake in the morning.jpg")),
        "bound": str(_file(party, "The band.jpg")),
        "held": str(held.pk),
        "upload": str(Upload.objects.get(app=party, name="The band.jpg").pk),
        "refused": str(Upload.objects.get(app=party, name="Surprise.jpg").pk),
    }


def _file(app: MicroApp, name: str) -> uuid.UUID:
    found: StoredFile = StoredFile.objects.get(app=app, name=name)
    return found.pk


def _neighbours_of(olivia: Person) -> dict[str, str]:
    """A website that is told, a scanner that is asked, a sign-in service that is trusted."""
    workspace, actor = olivia.workspace, olivia.actor
    if not WebhookEndpoint.objects.filter(workspace=workspace).exists():
        endpoints.add(workspace, "https://hooks.acme.example/gatehouse", [Kind.FILE_REJECTED], actor=actor)
    if not OutsideScanner.objects.filter(workspace=workspace).exists():
        url = "https://scanner.acme.example/check"
        scanner, _secret = registration.add(workspace, "Acme's own", url, is_asked_always=False, actor=actor)
        registration.turn_off(scanner, actor=actor)
    if not TrustedIssuer.objects.filter(workspace=workspace).exists():
        sign_in = "https://login.acme.example"
        wanted = {"issuer": sign_in, "audience": "gatehouse", "keys_url": f"{sign_in}/keys", "role": "member"}
        issuers.trust(workspace, wanted, actor=actor)
    return {"webhook": str(WebhookEndpoint.objects.get(workspace=workspace).pk)}


def _without_files(ben: Person) -> dict[str, str]:
    return {
        "quiet": ben.app("Press desk", "team-file-share").slug,
        "bare": ben.app("Next year's open day", "event-gallery").slug,
        "drop": ben.app("Letters to the editor", "public-drop-box").slug,
    }


def _wish() -> str:
    """What a guest takes along from a sandbox."""
    guest = sandbox.begin()
    with tenant_scope(guest.tenant_id):
        return sandbox.wish_of(MicroApp.objects.get())


def _reset() -> str:
    """What the link of a letter about a forgotten password ends with. Signing in would make it void: nobody does."""
    noor, _ = User.objects.get_or_create(email="noor@acme.example", defaults={"name": "Noor New"})
    return f"{user_pk_to_url_str(noor)}-{default_token_generator.make_token(noor)}"


def _kim() -> None:
    """Somebody of the other organisation who gets keys of her own, so that nobody else has to show any afterwards."""
    otto = Person(OTTO)
    kim, is_new = User.objects.get_or_create(email=KIM, defaults={"name": "Kim Keys", "password": otto.user.password})
    if is_new:
        EmailAddress.objects.create(user=kim, email=KIM, verified=True, primary=True)
        with otto.at_work():
            Membership.objects.create(tenant_id=otto.tenant, workspace=otto.workspace, user=kim, role=Role.BUILDER)


def _typed(olivia: Person) -> set[str]:
    """What people called their things and wrote: it stays in their language whoever reads it."""
    with olivia.at_work():
        rows = [
            *MicroApp.objects.values_list("name"), *Upload.objects.values_list("name"),
            *AppRequest.objects.values_list("reason"), *LegalHold.objects.values_list("reason"),
            *OutsideScanner.objects.values_list("name"), *Folder.objects.values_list("name"),
            *TemplateDraft.objects.values_list("content__name"), *TemplateDraft.objects.values_list("content__summary"),
        ]  # fmt: skip
    rows += [*User.objects.values_list("name"), *TemplateVersion.objects.values_list("withdrawn_reason")]
    theirs = TemplateVersion.objects.filter(content__summary=_SUMMARY)
    rows += [*theirs.values_list("content__name"), *theirs.values_list("content__summary")]
    return {str(words) for (words,) in rows if words}


def _templates(ben: Person) -> dict[str, str]:
    """Drafts that were handed in, a template with two versions and an app of each, and one that was withdrawn."""
    paula = User.objects.get(email=PLATFORM_OWNER)
    with ben.at_work():
        risky = _draft(ben.membership, "Drop your minutes", "public")
        draft = _draft(ben.membership, "Minutes of meetings", "team")
        for one in (risky, draft):
            if not Review.objects.filter(draft=one.pk).exists():
                reviews.ask(one, ben.membership)
    first = _version(_NEWS, "Field notes", "1.0.0")
    outdated, updated = ben.app("Field notes", _NEWS, first), ben.app("Site visits", _NEWS, first)
    newest = _version(_NEWS, "Field notes", "1.1.0", delete_after_days=365, optional=["files:read", "folders:create"])
    old = _version("newsletter-pictures", "Newsletter pictures", "1.0.0")
    if old.withdrawn_at is None:
        withdraw(old, paula, "Team Photo Share does the same and costs less.")
    with ben.at_work():
        if versions.last_change(updated) is None:
            versions.upgrade(updated, newest, ben.membership, agreed=True)
    return {"draft": str(draft.pk), "risky": str(risky.pk), "outdated": outdated.slug, "updated": updated.slug}


def _draft(membership: Membership, name: str, audience: str) -> TemplateDraft:
    found = TemplateDraft.objects.filter(content__name=name).first()
    if found is not None:
        return found
    content = blank() | {"name": name, "slug": drafting.slug_of(name), "audience": audience}
    content |= {"summary": "Minutes, from whoever was there.", "version": "1.0.0"}
    if audience == "public":
        content["permissions"] = {"required": [Action.FILES_WRITE.value], "optional": []}
    return drafting.from_form(content, membership)


def _version(
    slug: str, name: str, number: str, delete_after_days: int = 180, optional: Iterable[str] = ("files:read",)
) -> TemplateVersion:
    content: dict[str, Any] = json.loads((CATALOGUE / "team-photo-share.json").read_text(encoding="utf-8"))
    content |= {
        "slug": slug,
        "name": name,
        "version": number,
        "summary": _SUMMARY,
    }
    content["lifecycle"]["delete_after_days"] = delete_after_days
    content["permissions"]["optional"] = list(optional)
    return publish(json.dumps(content).encode())


def _setups(ben: Person) -> dict[str, str]:
    """One that was begun, one that came to its end, and one that can't go on: its app's name was taken meanwhile."""
    found = {setup.state: setup.slug for setup in Setup.objects.filter(created_by=ben.user, choices__name=_RECEIPTS)}
    running, done, failed = Setup.State.RUNNING, Setup.State.DONE, Setup.State.FAILED
    if len(found) < 3:
        begun = [_begun(ben) for _ in range(3)]
        for setup, steps in zip(begun, (2, len(setups.STEPS), 2), strict=True):
            for _step in range(steps):
                setups.advance(setup.pk)
        found = {state: setup.slug for state, setup in zip((running, done, failed), begun, strict=True)} | found
    return {"setup": found[running], "made": found[done], "stuck": found[failed]}


def _begun(ben: Person) -> Setup:
    version = current_version("form-attachments")
    assert version is not None
    return setups.begin(version, ben.membership, Choices(_RECEIPTS, version.document.regions[0]), new_id())


def _until(person: Person, is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with person.at_work():
            if is_so():
                return
        time.sleep(0.2)
    raise TimeoutError("The worker takes too long.")


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"site": settings.SITE_URL, **make()}))
