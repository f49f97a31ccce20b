/** Sends bytes straight to storage: a file through a signed form, or a part of one to a signed address. */

import { connectionProblem, storageProblem } from "./problems.js";
import { mayRetry, retrying } from "./retries.js";

/** Sends the form until storage takes it. The form names one key, so sending it twice stores one object. */
export async function sendForm(form, file, options = {}) {
  const verdict = ({ error }) => (error && mayRetryTransfer(error) ? null : false);
  const onWait = (wait, { error }) => options.onWait?.(wait, error);
  await retrying(() => send("POST", form.url, withFile(form.fields, file), file.size, options), verdict, { ...options, onWait });
}

/** Whether sending the same again may help. */
export const mayRetryTransfer = ({ name, status }) => name === "GatehouseProblem" && (status === 0 || mayRetry(status));

/** Storage reads the fields in order and ignores all that come after the file. */
function withFile(fields, file) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", file);
  return form;
}

/** One attempt; rejects with a problem. Progress is told in bytes of `size`, where it can be. */
export async function send(...request) {
  if (typeof XMLHttpRequest !== "undefined") return sendByRequest(...request);
  return (await import("./transfer-by-fetch.js")).sendByFetch(...request);
}

/** XMLHttpRequest, because fetch() doesn't tell how much was sent. */
function sendByRequest(method, url, body, size, { onProgress, signal }) {
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
    request.open(method, url);
    request.send(body);
  });
}
