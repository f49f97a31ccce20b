"""What is in the pictures: who is where, and what happened there just before."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from playwright.sync_api import Page, TimeoutError, expect  # noqa: A004 - the library's name for it

from tests.journeys.pages.paintings import Scene as Painting
from tests.journeys.pages.paintings import painted
from tests.journeys.pages.places import BEN, GUEST, NEXT_STEP, NOBODY, OLIVIA, PAULA, run_a_call

JPEG = "image/jpeg"
NEW = (
    Painting("Sunrise swim.jpg", ("#f7b267", "#f4f0e6"), "#34506b"),
    Painting("Team photo.jpg", ("#86c5da", "#fdf3e1"), "#3b6b4f"),
)


def settled(page: Page) -> None:
    """Until nothing is on its way and every picture in the window is there."""
    with suppress(TimeoutError):  # a page that looks again and again is never idle for long
        page.wait_for_load_state("networkidle", timeout=5_000)
    page.wait_for_function("Array.from(document.images).every((one) => one.loading === 'lazy' || one.complete)")


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture's name, who looks, where, and what brings the page into the state that is shown."""

    name: str
    who: str
    address: str
    doing: Callable[[Page], object] | None = None
    kept_waiting: str = ""

    def play(self, page: Page, names: dict[str, str]) -> None:
        """Go there and do it; what is kept waiting gets no answer until the picture is taken."""
        if self.kept_waiting:
            page.route(self.kept_waiting, lambda _route: None)
        page.goto(self.address.format_map(names))
        if self.doing:
            self.doing(page)
        if not self.kept_waiting:
            settled(page)


def upload(page: Page) -> None:
    """Two photos come in safely, and what the app doesn't take is refused at once."""
    with page.expect_file_chooser() as chooser:
        page.locator("safe-upload .choose").click()
    photos = [{"name": one.name, "mimeType": JPEG, "buffer": painted(one)} for one in NEW]
    chooser.value.set_files([*photos, {"name": "Notes.txt", "mimeType": "text/plain", "buffer": b"Who brings cake?"}])
    expect(page.locator("safe-upload li.safe")).to_have_count(len(NEW), timeout=60_000)


def with_pictures(page: Page) -> None:
    """The list of files, once every one has its small picture."""
    for _look in range(60):
        settled(page)
        if page.locator(".thumb img").count() >= 5:
            return
        page.wait_for_timeout(1000)
        page.reload()


def call(page: Page) -> None:
    run_a_call(page)
    page.evaluate("scrollTo(0, 0)")


def upload_in_view(page: Page) -> None:
    upload(page)
    page.locator("safe-upload").evaluate("(box) => box.scrollIntoView()")


GUIDE = (
    Scene("templates", BEN, "/templates/?q=team"),
    Scene("facts", BEN, "/templates/team-photo-share/"),
    Scene("create", BEN, "/templates/team-photo-share/new/"),
    Scene("upload", BEN, "/go/{full}/", upload_in_view),
    Scene("app", BEN, "/apps/{full}/"),
)
TOUR = (
    Scene("front", NOBODY, "/"),
    Scene("catalogue", BEN, "/templates/"),
    Scene("template", BEN, "/templates/team-photo-share/"),
    Scene("create", BEN, "/templates/team-photo-share/new/"),
    Scene("setup", BEN, "/apps/{setup}/setup/", kept_waiting=NEXT_STEP),
    Scene("files", BEN, "/apps/{full}/files/", with_pictures),
    Scene("upload", BEN, "/go/{full}/", upload),
    Scene("app", BEN, "/apps/{full}/"),
    Scene("activity", BEN, "/apps/{full}/activity/"),
    Scene("try", BEN, "/apps/{full}/try/", call),
    Scene("share", BEN, "/apps/{full}/share/"),
    Scene("requests", OLIVIA, "/apps/{full}/requests/"),
    Scene("review", PAULA, "/reviews/{high}/"),
    Scene("bill", GUEST, "/sandbox/bill/?month=6"),
)
