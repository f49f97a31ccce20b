/**
 * The Gatehouse client: short-lived tokens, patient retries, uploads that go straight to storage.
 * No dependency; runs in browsers and in Node 20 and later.
 */

import { GatehouseProblem } from "./problems.js";
import { persistentFetch, sleep } from "./retries.js";
import { sendForm } from "./transfer.js";

export { GatehouseProblem } from "./problems.js";
export { RETRY_DELAYS_MS } from "./retries.js";
export { sessionTokens } from "./tokens.js";

const ON_ITS_WAY = new Set(["started", "received", "scanning"]);
const FIRST_LOOK_MS = 300;
const LAST_LOOK_MS = 5000;

/** The five operations, and `upload`, which is three of them in a row. */
export class Gatehouse {
  #api;
  #tokens;
  #delaysMs;

  /** @param {import("./gatehouse.js").GatehouseOptions} options */
  constructor({ api, tokens, delaysMs }) {
    this.#api = api.replace(/\/+$/, "");
    this.#tokens = tokens;
    this.#delaysMs = delaysMs;
  }

  /** Makes a folder, or finds the one that is there. */
  createFolder(path, options) {
    return this.#call("POST", "/folders", { path }, options);
  }

  /** Announces a file; the answer holds the form that storage will take. */
  uploadStart(announced, options) {
    return this.#call("POST", "/uploads", announced, options);
  }

  /** Says that the bytes were sent; the server looks for itself. */
  uploadComplete(id, options) {
    return this.#call("POST", `/uploads/${id}/complete`, {}, options);
  }

  /** Where an upload stands. */
  uploadState(id, options) {
    return this.#call("GET", `/uploads/${id}`, undefined, options);
  }

  /** Gives an upload up; its space is free again. */
  abort(id, options) {
    return this.#call("POST", `/uploads/${id}/abort`, {}, options);
  }

  /** One page of a folder. */
  list({ folder = "", cursor = "", limit = 50 } = {}, options) {
    const query = new URLSearchParams({ folder, limit: String(limit) });
    if (cursor) query.set("cursor", cursor);
    return this.#call("GET", `/files?${query}`, undefined, options);
  }

  /** A link that opens one file for about a minute. */
  signedUrl(id, { variant = "original" } = {}, options) {
    return this.#call("POST", `/files/${id}/signed-url`, { variant }, options);
  }

  /**
   * Announces a file, sends it to storage, has it verified. Resolves when it arrived; whether it is safe is told by
   * `settled`. A problem after the bytes arrived carries `upload_id`, so that nothing has to be sent again.
   * @param {Blob & {name?: string}} file
   * @param {import("./gatehouse.js").UploadOptions} [options]
   */
  async upload(file, { path = file.name, contentType = file.type, metadata, ...options } = {}) {
    const content_type = contentType || "application/octet-stream";
    const announced = { path, size: file.size, content_type, ...(metadata && { metadata }) };
    const { id, upload: form } = await this.uploadStart(announced, options);
    try {
      await sendForm(form, file, { delaysMs: this.#delaysMs, ...options });
    } catch (error) {
      await this.abort(id).catch(() => null);
      throw error;
    }
    return this.uploadComplete(id, options).catch((error) => Promise.reject(Object.assign(error, { upload_id: id })));
  }

  /**
   * Waits until an upload has ended, looking ever less often.
   * @param {string} id
   * @param {{onState?: (upload: object) => void, signal?: AbortSignal}} [options]
   */
  async settled(id, { onState, ...options } = {}) {
    for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 1.5, LAST_LOOK_MS)) {
      const upload = await this.uploadState(id, options);
      onState?.(upload);
      if (!ON_ITS_WAY.has(upload.state)) return upload;
      await sleep(pause, options.signal);
    }
  }

  /** One call. A refused token is replaced once; every attempt carries the same Idempotency-Key. */
  async #call(method, path, content, { signal, onWait } = {}) {
    const init = { method, headers: headersFor(method), credentials: "omit" };
    if (content !== undefined) init.body = JSON.stringify(content);
    let token = await this.#tokens();
    let response = await this.#send(path, init, token, { signal, onWait });
    if (response.status === 401) {
      token = await this.#tokens(token);
      response = await this.#send(path, init, token, { signal, onWait });
    }
    if (!response.ok) throw await GatehouseProblem.of(response);
    return response.json();
  }

  #send(path, init, token, options) {
    const headers = { ...init.headers, Authorization: `Bearer ${token}` };
    return persistentFetch(this.#api + path, { ...init, headers }, { delaysMs: this.#delaysMs, ...options });
  }
}

const headersFor = (method) =>
  method === "POST" ? { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() } : {};
