/** The part of the browser's XMLHttpRequest that the client uses, over Node's own http module. */

import { request as send } from "node:http";

const CHUNK_BYTES = 64 * 1024;

export class HttpRequest extends EventTarget {
  upload = new EventTarget();
  status = 0;
  responseText = "";
  #message = null;

  open(method, url) {
    this.#message = send(url, { method });
  }

  async send(form) {
    const message = this.#message;
    const encoded = new Response(form);
    const body = Buffer.from(await encoded.arrayBuffer());
    message.setHeader("Content-Type", encoded.headers.get("Content-Type"));
    message.setHeader("Content-Length", body.length);
    message.on("response", (answer) => this.#read(answer));
    message.on("error", () => message.aborted || this.#finish("error"));
    await this.#write(message, body);
  }

  abort() {
    if (this.#message.destroyed) return;
    this.#message.aborted = true;
    this.#message.destroy();
    this.#finish("abort");
  }

  async #write(message, body) {
    for (let sent = 0; sent < body.length && !message.destroyed; sent += CHUNK_BYTES) {
      await new Promise((written) => message.write(body.subarray(sent, sent + CHUNK_BYTES), written));
      const loaded = Math.min(sent + CHUNK_BYTES, body.length);
      this.upload.dispatchEvent(Object.assign(new Event("progress"), { loaded, total: body.length }));
    }
    if (!message.destroyed) message.end();
  }

  async #read(answer) {
    this.status = answer.statusCode;
    for await (const chunk of answer) this.responseText += chunk;
    this.#finish("load");
  }

  #finish(name) {
    this.dispatchEvent(new Event(name));
    this.dispatchEvent(new Event("loadend"));
  }
}
