/** Asking before any byte leaves the device. */

import { said } from "./language.js";

const NOT_AGREED = "You have not agreed to share files of this kind. Nothing was sent.";
const NOT_KEPT = "Your answer could not be kept. Nothing was sent. Load the page again.";

const CSS = `
dialog {
  inline-size: min(32rem, calc(100vi - 2rem));
  padding: 1.6rem;
  border: 0;
  border-radius: var(--round-);
  background: var(--card-);
  color: inherit;
  box-shadow: 0 20px 60px rgb(0 0 0 / 35%);
}
dialog::backdrop { background: rgb(6 16 21 / 62%); }
dialog h2 { margin: 0 0 .9rem; font-size: 1.3rem; line-height: 1.2; letter-spacing: -.018em; }
dialog ol { display: grid; gap: .6rem; margin: 0 0 1.4rem; padding-inline-start: 1.4rem; }
dialog ol:empty, .apart:empty { display: none; }
.apart { gap: .9rem; margin: 0 0 1.4rem; padding: 0; }
.apart > li { padding: .8rem 1rem; border-inline-start: 1px solid var(--line-); }
.apart ul { display: grid; gap: .3rem; margin: .3rem 0 0; padding-inline-start: 1.9rem; }
.apart ul > li { padding: 0; border: 0; color: var(--soft-); }
.named { display: flex; gap: .6rem; align-items: center; min-block-size: 1.75rem; font-weight: 650; }
.named input { display: block; flex: none; inline-size: 1.25rem; block-size: 1.25rem; accent-color: var(--brand-); }
dialog { overflow-y: auto; }
dialog .row { justify-content: start; }
`;

const markup = () => `
  <h2 id="agree-title"></h2>
  <ol></ol>
  <ul class="apart"></ul>
  <div class="row">
    <button type="button" class="primary agree">${said("Agree and continue")}</button>
    <button type="button" class="later">${said("Not now")}</button>
  </div>
`;

/** A sheet of its own, once: whoever agreed long ago never loads it. */
function dress(root) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}

const element = (name, content = {}, children = []) => {
  const made = Object.assign(document.createElement(name), content);
  made.append(...children);
  return made;
};

const lines = (list) => list.map((words) => element("li", { textContent: words }));

/** Fills the dialog with one version of the words; of the folders, with those that nobody agreed to yet. */
function wordDialog(dialog, { workspace, consent, surfaces }) {
  if (!dialog.firstElementChild) {
    dress(dialog.getRootNode());
    dialog.innerHTML = markup();
  }
  dialog.querySelector("h2").textContent = said("Share files with {workspace}?", { workspace });
  dialog.querySelector("ol").replaceChildren(...(consent.agreed ? [] : lines(consent.lines)));
  dialog.querySelector(".apart").replaceChildren(...surfaces.filter((one) => !one.agreed).map(folder));
}

/** One folder with its own words: a box to tick, empty at first, where it can be left out. */
function folder({ title, surface, required, lines: words }) {
  const named = required
    ? element("p", { className: "named", textContent: title })
    : element("label", { className: "named" }, [element("input", { type: "checkbox", value: surface }), title]);
  return element("li", {}, [named, element("ul", {}, lines(words))]);
}

/** What "Agree and continue" agrees to: all that is necessary, and the boxes that are ticked. */
function agreedTo(dialog, { consent, surfaces }) {
  const ticked = new Set([...dialog.querySelectorAll("input:checked")].map((box) => box.value));
  return [consent, ...surfaces].filter((one) => !one.agreed && (one.required || ticked.has(one.surface)));
}

/**
 * Shows the dialog; resolves with what the person agreed to, nothing for Esc and "Not now". The browser gives the focus
 * back to where it was.
 */
function ask(dialog, surface) {
  wordDialog(dialog, surface);
  return new Promise((resolve) => {
    const heard = new AbortController();
    const on = (target, name, act) => target.addEventListener(name, act, { signal: heard.signal });
    on(dialog.querySelector(".agree"), "click", () => dialog.close("agreed"));
    on(dialog.querySelector(".later"), "click", () => dialog.close(""));
    on(dialog, "close", () => (heard.abort(), resolve(dialog.returnValue === "agreed" ? agreedTo(dialog, surface) : [])));
    dialog.returnValue = "";
    dialog.showModal();
  });
}

/**
 * Asks for all that isn't agreed to; `again` where the server says that what the folder needs isn't, whatever we know.
 * Resolves with "" once files may go there, with why they may not, or with null where the person said nothing.
 * @param {HTMLDialogElement} dialog
 */
export async function askFor(dialog, surface, folder, again = false) {
  if (dialog.open) return null;
  const needed = [surface.consent, ...surface.surfaces].filter((one) => one.required || one.folder === folder);
  if (again) for (const one of needed) one.agreed = false;
  const given = await ask(dialog, surface);
  for (const one of given) one.agreed = Boolean(surface.visitor) || (await keepAnswer(surface, one));
  if (!given.length) return null;
  if (given.some((one) => !one.agreed)) return said(NOT_KEPT);
  return needed.every((one) => one.agreed) ? "" : said(NOT_AGREED);
}

/** Keeps one answer on record; resolves with whether it was. Never rejects. */
export async function keepAnswer({ app, endpoints, csrf }, consent) {
  const response = await fetch(endpoints.consents, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
    body: JSON.stringify({ app: app.id, surface: consent.surface, version: consent.version }),
  }).catch(() => null);
  return response?.ok ?? false;
}
