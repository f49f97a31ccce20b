/** The list of files: pictures and downloads through links that live for a minute. */

import { Gatehouse, sessionTokens } from "../sdk/gatehouse.js";

const shown = new Map();
const note = document.getElementById("file-problem");

const client = new Gatehouse({
  api: "/api/v1",
  tokens: sessionTokens({
    tokenUrl: "/oauth/token",
    app: document.getElementById("files").dataset.app,
    scope: "files:list files:read",
    csrfToken: document.querySelector('meta[name="csrf-token"]').content,
  }),
});

function tell(words) {
  note.textContent = words;
  note.hidden = !words;
}

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

/** The picture's bytes, because its link has ended by the time that the page is looked at again. */
async function picture(id) {
  const { url } = await client.signedUrl(id, { variant: "thumbnail" });
  return URL.createObjectURL(await (await fetch(url, { referrerPolicy: "no-referrer" })).blob());
}

/** Asks for a thumbnail when it comes into sight, and once: every link is an event on the record. */
const sight = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    const id = target.dataset.thumbnail;
    if (!isIntersecting) continue;
    sight.unobserve(target);
    if (!shown.has(id)) shown.set(id, picture(id));
    shown.get(id).then((src) => target.replaceChildren(Object.assign(new Image(), { src, alt: "" })), () => shown.delete(id));
  }
});

for (const place of document.querySelectorAll("[data-thumbnail]")) sight.observe(place);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-download]");
  if (button) download(button);
});
