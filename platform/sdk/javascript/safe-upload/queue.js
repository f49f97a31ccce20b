/** The files on their way: two at a time, each from "Waiting" to "Safe and stored" or to what helps. */

import { GatehouseProblem } from "../problems.js";
import { said } from "./language.js";
import { Row } from "./row.js";
import { progressWords, refusal, typeOf, waitWords } from "./words.js";

const AT_ONCE = 2;

/** People who listen want to know that it goes on, not every percent. */
const SAY_EVERY_MS = 4000;
const WORTH_SAYING_MS = 1000;

export class Queue {
  #waiting = [];
  #running = new Set();
  #saidAt = 0;

  /** @param surroundings client, limits, list, and what to do: say, emit, chooseAgain, askAgain */
  constructor(surroundings) {
    Object.assign(this, surroundings);
  }

  /** Whether leaving the page would lose something. */
  get isSending() {
    return [...this.#running].some((row) => row.isSending);
  }

  /** Puts files in line; what can't be taken is refused here, before the network. */
  add(files, folder = "") {
    for (const file of files) {
      const row = Object.assign(new Row(file), { folder });
      this.list.append(row.node);
      const refused = refusal(file, this.limits);
      if (refused) this.#fail(row, new GatehouseProblem(refused));
      else this.#wait(row);
    }
    this.#next();
  }

  #wait(row) {
    row.say(said("Waiting"));
    row.offer(said("Cancel"), () => this.#drop(row));
    this.#waiting.push(row);
  }

  #drop(row) {
    this.#waiting = this.#waiting.filter((other) => other !== row);
    row.node.remove();
    this.#changed();
  }

  #next() {
    this.#changed();
    if (this.#running.size >= AT_ONCE || !this.#waiting.length) return;
    const row = this.#waiting.shift();
    this.#running.add(row);
    this.#run(row).finally(() => (this.#running.delete(row), this.#next()));
    this.#next();
  }

  #changed() {
    this.emit("change", { waiting: this.#waiting.length, running: this.#running.size });
  }

  async #run(row) {
    try {
      const arrived = await this.#send(row);
      row.offer();
      row.progress(said("Scanning … You can leave this page."));
      this.say(said("{name}: scanning", row.file));
      await this.#end(row, await this.client.settled(arrived.id));
    } catch (error) {
      row.isSending = false;
      row.arrivedId ??= error.upload_id;
      this.#fail(row, error);
    }
  }

  /** Sends the bytes, unless they arrived already and only what follows failed. */
  async #send(row) {
    const { file } = row;
    const cancel = new AbortController();
    const began = performance.now();
    row.isSending = true;
    row.progress(said("Checked. Uploading …"));
    row.offer(said("Cancel"), () => cancel.abort());
    const arrived = row.arrivedId
      ? await this.client.uploadComplete(row.arrivedId)
      : await this.client.upload(file, {
          signal: cancel.signal,
          path: row.folder ? `${row.folder}/${file.name}` : file.name,
          contentType: typeOf(file, this.limits.accept),
          onProgress: (sent, total) => this.#progress(row, sent, total, performance.now() - began),
          onWait: (wait, problem) => this.#pause(row, wait, problem),
        });
    row.isSending = false;
    row.arrivedId = arrived.id;
    return arrived;
  }

  #progress(row, sent, total, elapsed) {
    const words = progressWords(sent, total, elapsed);
    row.progress(words, sent, total);
    if (performance.now() - this.#saidAt < SAY_EVERY_MS) return;
    this.#saidAt = performance.now();
    this.say(`${row.file.name}: ${words}`);
  }

  #pause(row, wait, problem) {
    if (wait < WORTH_SAYING_MS) return;
    const seconds = Math.ceil(wait / 1000);
    row.countDown(seconds, (left) => waitWords(problem, left));
    this.say(waitWords(problem, seconds));
  }

  async #end(row, upload) {
    if (upload.state !== "available") {
      const { ENDED } = await import("./ended.js");
      return this.#fail(row, new GatehouseProblem(upload.problem ?? ENDED[upload.state]));
    }
    row.say(said("Safe and stored"), "safe");
    this.say(said("{name}: safe and stored", row.file));
    this.emit("complete", { file: row.file, upload });
  }

  #fail(row, error) {
    if (error.name === "AbortError") return this.#cancelled(row);
    row.say(said(error.message), "problem");
    const [label, action] = this.#remedy(row, error);
    row.offer(label, action);
    this.say(said(error.message));
    this.emit("problem", { file: row.file, code: error.code, message: error.message, remedy: error.remedy });
  }

  #cancelled(row) {
    row.say(said("Cancelled. Nothing was kept."));
    row.offer(said("Upload it again"), () => this.#again(row));
    this.say(said("{name}: cancelled", row.file));
  }

  /** The one button that helps; what only somebody else can do is said in the words. */
  #remedy(row, error) {
    const { action, label: written, href } = error.remedy ?? {};
    const label = said(written);
    if (action === "consent") return [label, async () => (await this.askAgain(row)) && this.#again(row)];
    if (error.code === "KEY_MISSING") return [said("Load the page again"), () => location.reload()];
    if (action === "choose_file") return [label, () => (row.node.remove(), this.chooseAgain())];
    if (action === "start_again") return [label, () => (delete row.arrivedId, this.#again(row))];
    if (href) return [label, href];
    return error.retryable ? [said("Try again"), () => this.#again(row)] : [];
  }

  #again(row) {
    this.#wait(row);
    this.#next();
  }
}
