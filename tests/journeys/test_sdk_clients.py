"""Both SDKs against the whole platform: the same story in a browser, in Node, on threads and on coroutines."""

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from gatehouse import AsyncGatehouse, Gatehouse, GatehouseProblem, TokenAnswer, TokenRefused
from PIL import Image
from playwright.sync_api import expect

from embedded.management import PROJECT
from tests.journeys.conftest import Visitor
from tests.journeys.test_photo_story import choose_files, create_app
from tests.journeys.test_sdk_samples import App, app_with_secret
from tests.web import web

pytestmark = pytest.mark.browser

T = TypeVar("T")
SCOPE = "files:write files:list files:read folders:create"
STORY = """async ({ Gatehouse, tokens, api, bytes }) => {
  const gatehouse = new Gatehouse({ api, tokens });
  const folder = await gatehouse.createFolder("trip/rome");
  const photo = new File([bytes], "forum.jpg", { type: "image/jpeg" });
  const seen = [];
  const arrived = await gatehouse.upload(photo, { path: "trip/rome/forum.jpg", onProgress: (sent) => seen.push(sent) });
  const { state, file } = await gatehouse.settled(arrived.id);
  const listed = [];
  for await (const { name } of gatehouse.files({ folder: "trip/rome" })) listed.push(name);
  const { url } = await gatehouse.signedUrl(file.id);
  const read = await (await fetch(url)).arrayBuffer();
  const refused = await gatehouse.upload(new File(["text"], "notes.txt", { type: "text/plain" })).catch((problem) => ({
    code: problem.code, status: problem.status, label: problem.remedy.label, message: problem.message }));
  return { folder: folder.path, state, listed, size: read.byteLength, sent: seen.at(-1), refused };
}"""


@pytest.fixture
def app(visitor: Visitor, request: pytest.FixtureRequest) -> App:
    visitor.sign_in("builder@acme.example")
    return app_with_secret(visitor, request.node.name.removeprefix("test_")[:40])


def run_apart(story: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own, since the browser's driver keeps a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, story).result()


def token_for(app: App, scope: str = SCOPE) -> TokenAnswer:
    who = (app.environment["GATEHOUSE_APP"], app.environment["GATEHOUSE_SECRET"])
    form = {"grant_type": "client_credentials", "scope": scope}
    answer: TokenAnswer = (
        web.post(f"{app.environment['GATEHOUSE_URL']}/oauth/token", auth=who, data=form).raise_for_status().json()
    )
    return answer


def assert_told(told: dict[str, Any], photo: Path) -> None:
    size = photo.stat().st_size
    assert told["refused"].pop("message").startswith("notes.txt can't be used here.")
    assert told == {
        "folder": "trip/rome",
        "state": "available",
        "listed": ["forum.jpg"],
        "size": size,
        "sent": size,
        "refused": {"code": "FILE_TYPE_NOT_ALLOWED", "status": 415, "label": "Choose another file"},
    }


def test_the_story_in_a_browser(visitor: Visitor, app: App, photo: Path) -> None:
    page = visitor.page
    page.goto(f"/go/{app.slug}/")
    page.evaluate("() => document.body.insertAdjacentHTML('beforeend', '<input id=photo type=file>')")
    page.locator("#photo").set_input_files(photo)
    run = f"""async (token) => (await ({STORY})({{
      ...(await import("/static/sdk/gatehouse.js")), tokens: async () => token, api: "/api/v1",
      bytes: document.getElementById("photo").files[0] }}))"""
    assert_told(page.evaluate(run, token_for(app)["access_token"]), photo)


def test_the_story_in_node(app: App, photo: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed.")
    sdk = (PROJECT / "platform" / "sdk" / "javascript" / "gatehouse.js").as_uri()
    script = f"""
      import {{ openAsBlob }} from "node:fs";
      import {{ Gatehouse }} from {json.dumps(sdk)};
      const [api, token, path] = process.argv.slice(1);
      const bytes = await openAsBlob(path);
      console.log(JSON.stringify(await ({STORY})({{ Gatehouse, api, bytes, tokens: async () => token }})));"""
    arguments = [f"{app.environment['GATEHOUSE_URL']}/api/v1", token_for(app)["access_token"], str(photo)]
    command = [node, "--no-warnings", "--input-type=module", "-e", script, *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    assert ran.stderr == ""
    assert_told(json.loads(ran.stdout), photo)


def test_the_story_on_threads(app: App, photo: Path) -> None:
    seen: list[int] = []
    with Gatehouse(f"{app.environment['GATEHOUSE_URL']}/api/v1", lambda refused: token_for(app)) as gatehouse:
        folder = gatehouse.create_folder("trip/rome")
        arrived = gatehouse.upload(photo, "trip/rome/forum.jpg", on_progress=lambda sent, total: seen.append(sent))
        upload = gatehouse.settled(arrived.id)
        assert upload.file is not None
        with pytest.raises(GatehouseProblem) as refused:
            gatehouse.upload(b"text", "notes.txt")
        told = {
            "folder": folder.path,
            "state": upload.state,
            "listed": [file.name for file in gatehouse.files(folder="trip/rome")],
            "size": len(web.get(gatehouse.signed_url(upload.file.id).url).content),
            "sent": seen[-1],
            "refused": told_of(refused.value),
        }
    assert_told(told, photo)


def test_the_story_on_coroutines(app: App, photo: Path) -> None:
    async def story() -> dict[str, Any]:
        seen: list[int] = []
        async with AsyncGatehouse(f"{app.environment['GATEHOUSE_URL']}/api/v1", lambda _: token_for(app)) as gatehouse:
            folder = await gatehouse.create_folder("trip/rome")
            note = lambda sent, total: seen.append(sent)  # noqa: E731 - one line where it is used
            arrived = await gatehouse.upload(photo, "trip/rome/forum.jpg", on_progress=note)
            upload = await gatehouse.settled(arrived.id)
            assert upload.file is not None
            with pytest.raises(GatehouseProblem) as refused:
                await gatehouse.upload(b"text", "notes.txt")
            return {
                "folder": folder.path,
                "state": upload.state,
                "listed": [file.name async for file in gatehouse.files(folder="trip/rome")],
                "size": len(web.get((await gatehouse.signed_url(upload.file.id)).url).content),
                "sent": seen[-1],
                "refused": told_of(refused.value),
            }

    assert_told(run_apart(story()), photo)


def told_of(problem: GatehouseProblem) -> dict[str, Any]:
    assert problem.remedy is not None
    label, message = problem.remedy.label, problem.user_message
    return {"code": problem.code, "status": problem.status, "label": label, "message": message}


def test_a_stopped_token_is_replaced_within_the_call(visitor: Visitor, app: App) -> None:
    given: list[str] = []

    def tokens(refused: str) -> TokenAnswer:
        answer = token_for(app)
        given.append(answer["access_token"])
        return answer

    with Gatehouse(f"{visitor.site}/api/v1", tokens) as gatehouse:
        gatehouse.page()
        who = (app.environment["GATEHOUSE_APP"], app.environment["GATEHOUSE_SECRET"])
        web.post(f"{visitor.site}/oauth/revoke", auth=who, data={"token": given[0]}).raise_for_status()
        assert gatehouse.page().files == ()
    assert len(set(given)) == 2


def test_a_token_that_nobody_signed_is_told_in_words(visitor: Visitor) -> None:
    with (
        Gatehouse(f"{visitor.site}/api/v1", lambda refused: "made up") as gatehouse,
        pytest.raises(TokenRefused) as caught,
    ):
        gatehouse.page()
    assert caught.value.remedy is not None
    assert caught.value.request_id


def test_a_hundred_calls_at_once_keep_to_the_gates_pace(app: App) -> None:
    waits: list[str] = []

    async def storm() -> None:
        options: dict[str, Any] = {"on_wait": lambda seconds, why: waits.append(f"{why.status} {why.code}")}
        site = app.environment["GATEHOUSE_URL"]
        async with AsyncGatehouse(f"{site}/api/v1", lambda refused: token_for(app), **options) as gatehouse:
            await gatehouse.page()
            await asyncio.gather(*(gatehouse.page() for _ in range(100)))

    run_apart(storm())
    assert not [why for why in waits if why.startswith("429")], waits


@pytest.fixture(scope="session")
def large_photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real JPEG above the size from which clients ask for parts, below what the app takes."""
    noise = Image.frombytes("RGB", (2500, 2500), os.urandom(2500 * 2500 * 3))
    file = tmp_path_factory.mktemp("large") / "panorama.jpg"
    noise.save(file, "JPEG", quality=98)
    assert 8_000_000 < file.stat().st_size < 15_000_000
    return file


def test_a_large_photo_through_the_upload_box_is_stored_byte_for_byte(visitor: Visitor, large_photo: Path) -> None:
    visitor.sign_in("builder@acme.example")
    app_page = create_app(visitor, "Panoramas by page")
    page = visitor.page
    page.get_by_role("link", name="Open the upload page").click()
    choose_files(visitor, large_photo)
    expect(page.get_by_text("Safe and stored", exact=True)).to_be_visible(timeout=40_000)
    page.goto(f"{app_page}files/")
    with page.expect_download() as download:
        page.get_by_role("button", name=f"Download {large_photo.name}").click()
    assert Path(download.value.path()).read_bytes() == large_photo.read_bytes()


def test_a_large_photo_by_a_program_is_stored_byte_for_byte(app: App, large_photo: Path) -> None:
    with Gatehouse(f"{app.environment['GATEHOUSE_URL']}/api/v1", lambda refused: token_for(app)) as gatehouse:
        stored = gatehouse.settled(gatehouse.upload(large_photo).id).file
        assert stored is not None
        read = web.get(gatehouse.signed_url(stored.id).url).content
    assert read == large_photo.read_bytes()
