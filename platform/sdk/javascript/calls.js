/** One call of the API: a token, a key against doing it twice, a pace, and patience. */

import { Pace } from "./pacing.js";
import { GatehouseProblem } from "./problems.js";
import { RETRY_DELAYS_MS, persistentFetch, unlessAborted } from "./retries.js";
import { remembering } from "./tokens.js";

export class Calls {
  #api;
  #tokens;
  #pace = new Pace();

  constructor({ api, tokens, delaysMs = RETRY_DELAYS_MS }) {
    this.#api = api.replace(/\/+$/, "");
    this.#tokens = remembering(tokens);
    this.delaysMs = delaysMs;
  }

  /** The answer's content; null where there is none, or none but what `etag` named. Throws a GatehouseProblem. */
  async json(method, path, content, options = {}) {
    const response = await this.#answer(this.#api + path, initFor(method, content, options), options);
    if ([204, 304].includes(response.status)) return null;
    const answer = response.ok ? await response.clone().json().catch(() => null) : null;
    if (!answer) throw await GatehouseProblem.of(response);
    const etag = response.headers.get("ETag");
    return etag ? Object.assign(answer, { etag }) : answer;
  }

  /** A refused token is replaced once; every attempt carries the same Idempotency-Key. */
  async #answer(url, init, options) {
    const token = await unlessAborted(this.#tokens(), options.signal);
    const response = await this.#paced(url, init, token, options);
    if (response.status !== 401) return response;
    return this.#paced(url, init, await unlessAborted(this.#tokens(token), options.signal), options);
  }

  async #paced(url, init, token, { signal, onWait }) {
    const headers = { ...init.headers, Authorization: `Bearer ${token}` };
    const began = await this.#pace.begin({ signal, onWait });
    let response;
    try {
      response = await persistentFetch(url, { ...init, headers }, { delaysMs: this.delaysMs, signal, onWait });
    } finally {
      this.#pace.end(response?.headers, began);
    }
    return response;
  }
}

function initFor(method, content, { etag }) {
  const headers = etag ? { "If-None-Match": etag } : {};
  if (method === "GET") return { method, headers, credentials: "omit" };
  Object.assign(headers, { "Content-Type": "application/json", "Idempotency-Key": newKey() });
  return { method, headers, body: JSON.stringify(content ?? {}), credentials: "omit" };
}

/** Unlike any other of the last day: all that a key has to be. Pages without TLS and Node 18 have no randomUUID. */
const newKey = () =>
  globalThis.crypto?.randomUUID?.() ?? Array.from({ length: 3 }, () => Math.random().toString(36).slice(2)).join("-");
