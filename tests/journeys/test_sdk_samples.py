"""The samples of docs/samples run as they stand there, against the whole platform."""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import httpx2
import pytest
from playwright.sync_api import Browser, expect

from embedded.management import PROJECT
from tests.journeys.conftest import Visitor
from tests.journeys.test_photo_story import create_app
from tests.web import web

pytestmark = pytest.mark.browser

SAMPLES = PROJECT / "docs" / "samples"
SDK = PROJECT / "platform" / "sdk"
REACT = PROJECT / "tests" / "react"


@dataclass(frozen=True)
class App:
    """An app and what its own server knows of it."""

    slug: str
    environment: dict[str, str]


def app_with_secret(visitor: Visitor, name: str, website: str = "") -> App:
    """Make an app, a secret for its server, and let one website's pages use it."""
    page = visitor.page
    page.goto("/templates/team-photo-share/new/")
    page.get_by_label("What is it called?").fill(name)
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Create app").click()
    page.wait_for_url(re.compile(r"/go/[^/]+/$"))
    app_page = page.url.replace("/go/", "/apps/")
    page.goto(f"{app_page}keys/")
    client_id = page.locator("dd code").first.inner_text()
    if website:
        page.locator("[name=origins]").fill(website)
        page.get_by_role("button", name="Keep these websites").click()
    page.get_by_role("button", name="Make a secret").click()
    secret = page.locator("#new-secret").inner_text()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(SDK / "python" / "src"),
        "GATEHOUSE_URL": visitor.site,
        "GATEHOUSE_APP": client_id,
        "GATEHOUSE_SECRET": secret,
    }
    return App(app_page.rstrip("/").rsplit("/", 1)[1], environment)


def test_the_program_uploads_what_is_safe_and_says_what_is_not(
    visitor: Visitor, photo: Path, infected: Path, tmp_path: Path
) -> None:
    visitor.sign_in("builder@acme.example")
    app = app_with_secret(visitor, "Sample program")
    note = tmp_path / "notes.txt"
    note.write_text("hello")
    ran = subprocess.run(
        [sys.executable, SAMPLES / "upload.py", photo, infected, note],
        cwd=tmp_path,
        env=app.environment,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    stored, virus, refused = ran.stdout.splitlines()
    assert stored == f"{photo}: safe and stored"
    assert "contains a virus" in virus
    assert "must be a JPG, PNG, WEBP, GIF or HEIC photo. Choose another file" in refused
    assert ran.returncode == 2
    assert ran.stderr == ""
    visitor.page.goto(f"/apps/{app.slug}/files/")
    expect(visitor.page.get_by_role("button", name=f"Download {photo.name}")).to_be_visible()


@pytest.fixture
def website() -> Iterator[str]:
    """Another website's address, whose pages storage lets send files to it: the operator's part."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{probe.getsockname()[1]}"
    storage = boto3.client(
        "s3",
        endpoint_url=os.environ["S3_ENDPOINT_URL"],
        region_name=os.environ["S3_REGION"],
        aws_access_key_id=os.environ["S3_ACCESS_KEY_ID"],
        aws_secret_access_key=os.environ["S3_SECRET_ACCESS_KEY"],
    )
    bucket = os.environ["S3_BUCKET"]
    before = storage.get_bucket_cors(Bucket=bucket)["CORSRules"]
    wider = [{**rule, "AllowedOrigins": [*rule["AllowedOrigins"], origin]} for rule in before]
    storage.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": wider})
    yield origin
    storage.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": before})


def test_the_plain_page_of_another_website_uploads(
    visitor: Visitor, chromium: Browser, website: str, photo: Path, infected: Path
) -> None:
    visitor.sign_in("builder@acme.example")
    app = app_with_secret(visitor, "Sample page", website)
    port = website.rsplit(":", 1)[1]
    server = subprocess.Popen([sys.executable, SAMPLES / "token_server.py", port], env=app.environment)
    try:
        guest = chromium.new_context().new_page()
        complaints: list[str] = []
        guest.on("pageerror", lambda error: complaints.append(str(error)))
        _await(website)
        guest.goto(website)
        guest.get_by_label("Photos").set_input_files([photo, infected])
        expect(guest.get_by_text(f"{photo.name}: safe and stored")).to_be_visible(timeout=40_000)
        expect(guest.get_by_text("contains a virus")).to_be_visible(timeout=40_000)
        guest.context.close()
    finally:
        server.terminate()
        server.wait(10)
    assert complaints == []


def _await(website: str) -> None:
    with httpx2.Client(transport=httpx2.HTTPTransport(retries=8)) as http:
        assert http.get(website).status_code == 200


def test_the_one_tag_is_an_upload_box(visitor: Visitor, photo: Path) -> None:
    visitor.sign_in("builder@acme.example")
    slug = create_app(visitor, "Sample embed").rstrip("/").rsplit("/", 1)[1]
    sample = (SAMPLES / "embed.html").read_text(encoding="utf-8")
    page_of_ours = sample.replace("https://gatehouse.example", visitor.site).replace("summer-party", slug)
    page = visitor.page
    page.goto("/apps/")
    page.evaluate("(html) => (document.open(), document.write(html), document.close())", page_of_ours)
    expect(page.get_by_text("up to 15 MB")).to_be_visible()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
        page.get_by_role("button", name="Agree and continue").click()
    chooser.value.set_files(photo)
    expect(page.get_by_text("Safe and stored", exact=True)).to_be_visible(timeout=40_000)
    assert visitor.complaints == []


@pytest.fixture(scope="module")
def button() -> str:
    """The sample with React itself, compiled for a browser."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("React comes by npm, which this machine doesn't have.")
    install = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(install, cwd=REACT, check=True, timeout=120)
    compile_it = [
        REACT / "node_modules" / ".bin" / "esbuild", "button.jsx", "--bundle", "--jsx=automatic", "--minify",
        '--define:process.env.NODE_ENV="production"',
        f"--alias:gatehouse-sdk={SDK / 'javascript' / 'gatehouse.js'}",
    ]  # fmt: skip
    environment = {**os.environ, "NODE_PATH": str(REACT / "node_modules")}
    made = subprocess.run(compile_it, cwd=REACT, env=environment, capture_output=True, text=True, check=True)
    return made.stdout


def test_the_react_button_uploads_what_is_safe_and_says_what_is_not(
    visitor: Visitor, photo: Path, infected: Path, button: str
) -> None:
    visitor.sign_in("builder@acme.example")
    own = app_with_secret(visitor, "Sample button").environment
    wish = {"grant_type": "client_credentials", "scope": "files:write"}
    proof = (own["GATEHOUSE_APP"], own["GATEHOUSE_SECRET"])
    token = web.post(f"{visitor.site}/oauth/token", auth=proof, data=wish).raise_for_status().json()
    page = visitor.page
    page.goto("/apps/")
    page.evaluate(button)
    page.evaluate("([api, token]) => showButton(api, token)", [f"{visitor.site}/api/v1", token])
    page.get_by_label("File", exact=True).set_input_files(photo)
    expect(page.get_by_text("Safe and stored", exact=True)).to_be_visible(timeout=40_000)
    assert page.evaluate("stored") == [f"trip/{photo.name}"]
    page.get_by_label("File", exact=True).set_input_files(infected)
    expect(page.get_by_text("contains a virus")).to_be_visible(timeout=40_000)
    assert visitor.complaints == []
