/** Uploads: announced, sent straight to storage, verified, waited for. */

import { announcement, keyOf } from "./announcement.js";
import { Calls } from "./calls.js";
import { sleep } from "./retries.js";
import { sendForm } from "./transfer.js";

const ON_ITS_WAY = new Set(["started", "received", "scanning"]);
const FIRST_LOOK_MS = 300;
const LAST_LOOK_MS = 5000;
const PARTS_ABOVE_BYTES = 8_000_000;

/** The part of the client that an upload needs. What parts and batches need more is loaded with the first of them. */
export class Uploads {
  #store;
  #takesParts = true;

  constructor({ resumeStore = new Map(), partsAbove = PARTS_ABOVE_BYTES, ...options }) {
    this.calls = new Calls(options);
    this.partsAbove = partsAbove;
    this.#store = resumeStore;
  }

  uploadStart(announced, options) {
    return this.calls.json("POST", "/uploads", announced, options);
  }

  uploadComplete(id, options) {
    return this.calls.json("POST", `/uploads/${id}/complete`, {}, options);
  }

  uploadState(id, options) {
    return this.calls.json("GET", `/uploads/${id}`, undefined, options);
  }

  abort(id, options) {
    return this.calls.json("POST", `/uploads/${id}/abort`, {}, options);
  }

  /**
   * Announces a file, sends it to storage, has it verified. Resolves when it arrived; whether it is safe is told by
   * `settled`. A problem after the bytes arrived carries `upload_id`, so that nothing has to be sent again.
   */
  async upload(file, { resumeKey = keyOf(file), keepOnAbort, parallel, ...wish } = {}) {
    const [announced, options] = announcement(file, wish);
    const sending = { delaysMs: this.calls.delaysMs, ...options };
    if (file.size > this.partsAbove && this.#takesParts) {
      const { uploadInParts } = await import("./multipart.js");
      const key = resumeKey && `${announced.path}:${resumeKey}`;
      const parts = { store: this.#store, key, keepOnAbort, parallel, ...sending };
      const arrived = await uploadInParts(this, file, announced, parts);
      if (arrived) return arrived;
    }
    const { id, upload: form } = await this.uploadStart(announced, options);
    this.#takesParts &&= file.size <= this.partsAbove;
    await sendForm(form, file, sending).catch(async (error) => {
      await this.abort(id).catch(() => null);
      throw error;
    });
    return this.uploadArrived(id, options);
  }

  /** uploadComplete for bytes that are known to be there; its problem says which upload to go on with. */
  uploadArrived(id, options) {
    return this.uploadComplete(id, options).catch((error) => Promise.reject(Object.assign(error, { upload_id: id })));
  }

  /** Waits until an upload has ended, looking ever less often. */
  async settled(id, { onState, ...options } = {}) {
    for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 1.5, LAST_LOOK_MS)) {
      const upload = await this.uploadState(id, options);
      onState?.(upload);
      if (!ON_ITS_WAY.has(upload.state)) return upload;
      await sleep(pause, options.signal);
    }
  }
}
