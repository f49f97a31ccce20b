/** The proof that a browser did a second of work for a challenge, in the form that ALTCHA's widgets send. */

import { GatehouseProblem } from "./problems.js";
import { persistentFetch } from "./retries.js";

/** Fetches a challenge and solves it. Rejects with a GatehouseProblem where there is none to be had. */
export async function proof(challengeUrl, { signal } = {}) {
  const response = await persistentFetch(challengeUrl, { credentials: "omit" }, { signal });
  if (!response.ok) throw await GatehouseProblem.of(response);
  const challenge = await response.json();
  const number = await inWorker(challenge, signal);
  const { algorithm, challenge: digest, salt, signature } = challenge;
  return btoa(JSON.stringify({ algorithm, challenge: digest, number, salt, signature }));
}

function inWorker(challenge, signal) {
  const worker = new Worker(new URL("./proof-worker.js", import.meta.url), { type: "module" });
  return new Promise((resolve, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
    worker.onmessage = ({ data }) => (data === null ? reject(new Error("The challenge has no solution.")) : resolve(data));
    worker.onerror = () => reject(new Error("The check that a person is there could not run."));
    worker.postMessage(challenge);
  }).finally(() => worker.terminate());
}
