/** Asking before any byte leaves the device. */

/** Fills the dialog with one version of the words. */
function wordDialog(dialog, { workspace, consent }) {
  const line = (words) => Object.assign(document.createElement("li"), { textContent: words });
  dialog.querySelector("h2").textContent = `Share files with ${workspace}?`;
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
