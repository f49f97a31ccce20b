/** Sends a file straight to storage through a pre-signed form. */

import { connectionProblem, storageProblem } from "./problems.js";
import { mayRetry, retrying } from "./retries.js";

/**
 * Sends the form until storage takes it. The form names one key, so sending it twice stores one object.
 * @param {import("./gatehouse.js").UploadForm} form
 * @param {Blob} file
 * @param {import("./gatehouse.js").TransferOptions} [options]
 */
export async function sendForm(form, file, options = {}) {
  const send = typeof XMLHttpRequest === "undefined" ? sendByFetch : sendByRequest;
  const verdict = ({ error }) => (error && mayRetryTransfer(error) ? null : false);
  const onWait = (wait, { error }) => options.onWait?.(wait, error);
  const attempt = () => send(form.url, withFile(form.fields, file), file.size, options);
  await retrying(attempt, verdict, { ...options, onWait });
}

const mayRetryTransfer = (error) =>
  error.name === "GatehouseProblem" &&
  (error.status === 0 || mayRetry({ status: error.status, headers: new Headers() }));

/** Storage reads the fields in order and ignores all that come after the file. */
function withFile(fields, file) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", file);
  return form;
}

/** XMLHttpRequest, because fetch() doesn't tell how much was sent. */
function sendByRequest(url, form, size, { onProgress, signal }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const cancel = () => request.abort();
    request.upload.addEventListener("progress", ({ loaded }) => onProgress?.(Math.min(loaded, size), size));
    request.addEventListener("load", () =>
      request.status < 300 ? resolve() : reject(storageProblem(request.status, request.responseText)),
    );
    request.addEventListener("error", () => reject(connectionProblem()));
    request.addEventListener("abort", () => reject(signal.reason));
    request.addEventListener("loadend", () => signal?.removeEventListener("abort", cancel));
    signal?.addEventListener("abort", cancel, { once: true });
    request.open("POST", url);
    request.send(form);
  });
}

/** Where there is no XMLHttpRequest (servers, workers): only the beginning and the end are told. */
async function sendByFetch(url, form, size, { onProgress, signal }) {
  onProgress?.(0, size);
  const response = await fetch(url, { method: "POST", body: form, signal }).catch((cause) => {
    throw connectionProblem(cause);
  });
  if (!response.ok) throw storageProblem(response.status, await response.text());
  onProgress?.(size, size);
}
