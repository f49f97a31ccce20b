/**
 * The Gatehouse client: short-lived tokens, patient retries, uploads that go straight to storage.
 * No dependency; runs in browsers and in Node 18 and later. Types and words for every member: gatehouse.d.ts.
 */

import { Uploads } from "./uploading.js";

export { GatehouseProblem } from "./problems.js";
export { RETRY_DELAYS_MS } from "./retries.js";
export { sessionTokens } from "./session-tokens.js";

/** Every operation of the API. */
export class Gatehouse extends Uploads {
  createFolder(path, options) {
    return this.calls.json("POST", "/folders", { path }, options);
  }

  createFolders(paths, options) {
    return this.#batch("/folders/batch", paths.map((path) => ({ path })), options);
  }

  changeFolder(id, changes, options) {
    return this.calls.json("PATCH", `/folders/${id}`, changes, options);
  }

  deleteFolder(id, options) {
    return this.calls.json("DELETE", `/folders/${id}`, undefined, options);
  }

  signParts(id, numbers, options) {
    return this.calls.json("POST", `/uploads/${id}/parts`, { numbers }, options);
  }

  uploadedParts(id, options) {
    return this.calls.json("GET", `/uploads/${id}/parts`, undefined, options);
  }

  uploadStartMany(announced, options) {
    return this.#batch("/uploads/batch", announced, options);
  }

  uploadCompleteMany(ids, options) {
    return this.#batch("/uploads/batch/complete", ids.map((id) => ({ id })), options);
  }

  /** Uploads files together: small ones are announced and verified in batches. Each has its own result. */
  async uploadMany(files, options) {
    const { uploadTogether } = await import("./batches.js");
    return uploadTogether(this, files, { partsAbove: this.partsAbove, delaysMs: this.calls.delaysMs, ...options });
  }

  list(page = {}, options) {
    return this.calls.json("GET", `/files?${query({ folder: "", ...page })}`, undefined, options);
  }

  /** Every file of a folder, page after page. */
  async *files(page = {}, options) {
    for (let cursor; cursor !== null; ) {
      const { files, next_cursor } = await this.list({ ...page, cursor }, options);
      yield* files;
      cursor = next_cursor;
    }
  }

  file(id, options) {
    return this.calls.json("GET", `/files/${id}`, undefined, options);
  }

  changeFile(id, changes, options) {
    return this.calls.json("PATCH", `/files/${id}`, changes, options);
  }

  copyFile(id, place = {}, options) {
    return this.calls.json("POST", `/files/${id}/copy`, place, options);
  }

  deleteFile(id, options) {
    return this.calls.json("DELETE", `/files/${id}`, undefined, options);
  }

  restoreFile(id, options) {
    return this.calls.json("POST", `/files/${id}/restore`, {}, options);
  }

  trash(page = {}, options) {
    return this.calls.json("GET", `/trash?${query(page)}`, undefined, options);
  }

  signedUrl(id, { variant = "original" } = {}, options) {
    return this.calls.json("POST", `/files/${id}/signed-url`, { variant }, options);
  }

  signedUrls(items, options) {
    return this.#batch("/files/batch/signed-url", items, options);
  }

  async #batch(path, items, options) {
    const { batch } = await import("./batches.js");
    return batch(this.calls, path, items, options);
  }
}

const query = (page) =>
  new URLSearchParams(Object.entries({ ...page, limit: page.limit ?? 50 }).filter(([, value]) => value !== undefined));
