/** Asking before any byte leaves the device. */

import { said } from "./language.js";

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
dialog .row { justify-content: start; }
`;

const markup = () => `
  <h2 id="agree-title"></h2>
  <ol></ol>
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

/** Fills the dialog with one version of the words. */
function wordDialog(dialog, { workspace, consent }) {
  if (!dialog.firstElementChild) {
    dress(dialog.getRootNode());
    dialog.innerHTML = markup();
  }
  const line = (words) => Object.assign(document.createElement("li"), { textContent: words });
  dialog.querySelector("h2").textContent = said("Share files with {workspace}?", { workspace });
  dialog.querySelector("ol").replaceChildren(...consent.lines.map(line));
}

/**
 * Shows the dialog; resolves with whether the person agreed. Esc and "Not now" are the same answer, and the browser
 * gives the focus back to where it was.
 * @param {HTMLDialogElement} dialog
 * @returns {Promise<boolean>}
 */
export function ask(dialog, surface) {
  wordDialog(dialog, surface);
  return new Promise((resolve) => {
    const heard = new AbortController();
    const on = (target, name, act) => target.addEventListener(name, act, { signal: heard.signal });
    on(dialog.querySelector(".agree"), "click", () => dialog.close("agreed"));
    on(dialog.querySelector(".later"), "click", () => dialog.close(""));
    on(dialog, "close", () => (heard.abort(), resolve(dialog.returnValue === "agreed")));
    dialog.returnValue = "";
    dialog.showModal();
  });
}

/** Keeps the answer on record; resolves with whether it was. Never rejects. */
export async function keepAnswer({ app, consent, endpoints, csrf }) {
  const response = await fetch(endpoints.consents, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
    body: JSON.stringify({ app: app.id, surface: consent.surface, version: consent.version }),
  }).catch(() => null);
  return response?.ok ?? false;
}
