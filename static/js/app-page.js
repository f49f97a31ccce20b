/** The app's page: pictures and downloads through links that live for a minute, the copy button, spoken news. */

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

function tell(words) {
  const note = document.getElementById("file-problem");
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

/** The picture's bytes, because its link has ended by the time that the page is drawn anew. */
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

const files = () => new Map([...document.querySelectorAll("[data-name]")].map((row) => [row.id, row.dataset.name]));
let known = files();

/** After each drawing: new pictures, and the names of files that became safe, for those who listen. */
function lookOver() {
  for (const place of document.querySelectorAll("[data-thumbnail]:empty")) sight.observe(place);
  const now = files();
  const added = [...now].filter(([id]) => !known.has(id)).map(([, name]) => `${name}: safe and stored.`);
  known = now;
  if (added.length) document.getElementById("news").textContent = added.join(" ");
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-download]");
  if (button) download(button);
});

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "Copied";
    document.getElementById("news").textContent = "Link copied";
  });
}

/** Uploads happen on another page: look again when the person comes back to this one. */
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) live().dispatchEvent(new CustomEvent("look-again"));
});

new MutationObserver(lookOver).observe(document.getElementById("main"), { childList: true, subtree: true });
lookOver();
