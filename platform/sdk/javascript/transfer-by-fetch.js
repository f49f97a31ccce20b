/** Sends bytes to storage where there is no XMLHttpRequest: servers, workers. */

import { connectionProblem, storageProblem } from "./problems.js";

/** One attempt; only the beginning and the end are told. */
export async function sendByFetch(method, url, body, size, { onProgress, signal }) {
  onProgress?.(0, size);
  const response = await fetch(url, { method, body, signal }).catch((cause) => {
    throw connectionProblem(cause);
  });
  if (!response.ok) throw storageProblem(response.status, await response.text());
  onProgress?.(size, size);
}
