/** Large files, part by part: several at a time, and what storage holds already isn't sent again. */

import { GatehouseProblem } from "./problems.js";
import { retrying } from "./retries.js";
import { mayRetryTransfer, send } from "./transfer.js";

/** A signed address lives for 30 seconds at least; an older one is asked for anew before it is used. */
const FRESH_MS = 20_000;

/** Parts signed in one call: few, since each signature is recorded; more where the line uses them up in time. */
const [FEWEST, MOST] = [8, 100];

/** Parts under way at a time: enough to fill a line, few enough for a browser's six connections a host. */
const AT_ONCE = 4;

/** Answers after which an upload can't be gone on with. */
const ENDED = new Set([403, 404, 409, 410]);

/**
 * Uploads a file in parts, going on where an earlier try of the same `key` stopped. Resolves with null where the server
 * takes forms alone. What arrived is kept after a failure, and after a cancelled try if `keepOnAbort` says so.
 * @param {import("./uploading.js").Uploads} client
 * @param {Blob} file
 * @param {import("./gatehouse.js").AnnouncedUpload} announced
 */
export async function uploadInParts(client, file, announced, { store, key, keepOnAbort = false, ...options }) {
  const earlier = key ? await begun(client, store, key, options) : null;
  const upload = earlier ?? (await start(client, announced, options));
  if (!upload?.part_count) return upload;
  const { id, size, part_size, part_count } = upload;
  if (key) await store.set(key, { id, size, part_size, part_count });
  try {
    await sendParts(client, upload, file, options);
  } catch (error) {
    if (key && (keepOnAbort || !options.signal?.aborted)) throw error;
    await client.abort(id).catch(() => null);
    if (key) await store.delete(key);
    throw error;
  }
  const arrived = await client.uploadArrived(id, options);
  if (key) await store.delete(key);
  return arrived;
}

/** A server that knows no parts refuses the wish as unknown, or answers with a form, which is then not used. */
async function start(client, announced, options) {
  try {
    const { id, upload } = await client.uploadStart({ ...announced, multipart: true }, options);
    if (upload.method === "PUT") return { ...upload, id, size: announced.size };
    await client.abort(id, options);
  } catch (error) {
    if (error.code !== "VALIDATION") throw error;
  }
  return null;
}

/**
 * The upload that an earlier try began for the same file, or null. One whose bytes all arrived meanwhile is returned
 * as it stands.
 * @param {import("./uploading.js").Uploads} client
 * @param {import("./gatehouse.js").ResumeStore} store
 */
async function begun(client, store, key, options) {
  const kept = await store.get(key);
  if (!kept) return null;
  try {
    const upload = await client.uploadState(kept.id, options);
    if (["received", "scanning", "available"].includes(upload.state)) return upload;
    if (upload.state === "started") return { ...kept, held: await heldParts(client, kept, options) };
  } catch (error) {
    if (!ENDED.has(error.status)) throw error;
  }
  await store.delete(key);
  return null;
}

async function heldParts(client, kept, options) {
  const { parts } = await client.calls.json("GET", `/uploads/${kept.id}/parts`, undefined, options);
  return parts.filter(({ number, size }) => size === lengthOf(kept, number)).map(({ number }) => number);
}

const lengthOf = ({ size, part_size }, number) => Math.min(part_size, size - (number - 1) * part_size);

/**
 * Sends every part that storage doesn't hold. One that fails for good stops the others; those that arrived are kept.
 * @param {import("./uploading.js").Uploads} client
 * @param {{id: string, size: number, part_size: number, part_count: number, parts?: object[], held?: number[]}} upload
 * @param {Blob} file
 */
async function sendParts(client, upload, file, { parallel = AT_ONCE, onProgress, signal, onWait, delaysMs } = {}) {
  const stop = new AbortController();
  const follow = () => stop.abort(signal.reason);
  if (signal?.aborted) follow();
  signal?.addEventListener("abort", follow, { once: true });
  const sending = new Sending(client, upload, file, { onProgress, onWait, delaysMs, signal: stop.signal });
  try {
    await Promise.all(Array.from({ length: parallel }, () => sending.run()));
  } catch (error) {
    stop.abort(error);
    throw error;
  } finally {
    signal?.removeEventListener("abort", follow);
  }
}

class Sending {
  #waiting;
  #sent = new Map();
  #addresses = new Map();
  #signing = Promise.resolve();
  #lot = FEWEST;

  constructor(client, upload, file, options) {
    Object.assign(this, { client, upload, file, options });
    const numbers = Array.from({ length: upload.part_count }, (_, index) => index + 1);
    const held = new Set(upload.held);
    for (const number of held) this.#sent.set(number, lengthOf(upload, number));
    this.#waiting = numbers.filter((number) => !held.has(number));
    this.#keep(upload.parts ?? []);
    this.#tell();
  }

  async run() {
    for (let number; (number = this.#waiting.shift()); ) await this.#send(number);
  }

  /** A refused or broken attempt is repeated with a fresh signature: the old one may have ended on the way. */
  async #send(number) {
    let refused = false;
    let signing = true;
    const attempt = async () => {
      signing = true;
      const url = await this.#address(number);
      signing = false;
      await this.#put(number, url);
    };
    const verdict = ({ error }) => {
      if (!error || signing) return false;
      this.#sent.delete(number);
      this.#addresses.delete(number);
      const again = mayRetryTransfer(error) || (error.status === 403 && !refused);
      refused ||= error.status === 403;
      return again ? null : false;
    };
    const onWait = (wait, { error }) => this.options.onWait?.(wait, error);
    await retrying(attempt, verdict, { ...this.options, onWait });
  }

  #put(number, url) {
    const from = (number - 1) * this.upload.part_size;
    const size = lengthOf(this.upload, number);
    const onProgress = (sent) => (this.#sent.set(number, sent), this.#tell());
    return send("PUT", url, this.file.slice(from, from + size), size, { signal: this.options.signal, onProgress });
  }

  #tell() {
    const sent = [...this.#sent.values()].reduce((sum, bytes) => sum + bytes, 0);
    this.options.onProgress?.(sent, this.file.size);
  }

  /** A fresh signed address; one call signs for the next parts as well, and parts that ask together share it. */
  async #address(number) {
    const fresh = () => {
      const known = this.#addresses.get(number);
      return known && performance.now() - known.at < FRESH_MS ? known.url : null;
    };
    this.#signing = this.#signing.catch(() => null).then(() => fresh() ?? this.#sign(number));
    await this.#signing;
    const url = fresh();
    if (!url) throw new GatehouseProblem({ code: "INTERNAL" });
    return url;
  }

  async #sign(number) {
    this.#lot = this.#addresses.has(number) ? FEWEST : Math.min(this.#lot * 2, MOST);
    const numbers = [number, ...this.#waiting.slice(0, this.#lot - 1)];
    const path = `/uploads/${this.upload.id}/parts`;
    const { parts } = await this.client.calls.json("POST", path, { numbers }, { signal: this.options.signal });
    this.#keep(parts);
  }

  #keep(parts) {
    for (const { number, url } of parts) this.#addresses.set(number, { url, at: performance.now() });
  }
}
