/** The app's page: thumbnails and downloads by short-lived signed links, and the copy button. */

import { Gatehouse, sessionTokens } from "../sdk/gatehouse.js";

const live = () => document.getElementById("live");
const shown = new Map();

const client = new Gatehouse({
  api: "/api/v1",
  tokens: sessionTokens({
    tokenUrl: "/oauth/token",
    app: live().dataset.app,
    scope: "files:list files:read",
    csrfToken: document.querySelector('meta[name="csrf-token"]').content,
  }),
});

const tell = (words) => {
  const note = document.getElementById("file-problem");
  note.textContent = words;
  note.hidden = !words;
};

async function download(button) {
  button.disabled = true;
  tell("");
  try {
    const { url } = await client.signedUrl(button.dataset.download);
    location.assign(url);
  } catch (problem) {
    tell(problem.message);
  } finally {
    button.disabled = false;
  }
}

/** Each thumbnail's link is asked for once, even when the live part of the page is replaced. */
function showThumbnails() {
  for (const image of document.querySelectorAll("img[data-thumbnail]:not([src])")) {
    const id = image.dataset.thumbnail;
    if (!shown.has(id)) shown.set(id, client.signedUrl(id, { variant: "thumbnail" }).then(fetchImage));
    shown.get(id).then((source) => (image.src = source), () => image.remove());
  }
}

const fetchImage = async ({ url }) => URL.createObjectURL(await (await fetch(url)).blob());

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-download]");
  if (button) download(button);
});

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "Copied";
  });
}

new MutationObserver(showThumbnails).observe(document.getElementById("main"), { childList: true, subtree: true });
showThumbnails();
