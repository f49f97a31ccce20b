/** One file's line: its name, where it stands, one thing to do. */

import { said } from "./language.js";
import { sizeWords } from "./words.js";

const MARKUP = `
<div class="line"><span class="name"></span><span class="state" part="state"></span><span class="todo"></span></div>
<progress hidden></progress>`;

export class Row {
  #countdown = 0;

  /** @param {File} file */
  constructor(file) {
    this.file = file;
    this.node = document.createElement("li");
    this.node.tabIndex = -1;
    this.node.setAttribute("part", "file");
    this.node.innerHTML = MARKUP;
    const size = Object.assign(document.createElement("small"), { textContent: sizeWords(file.size) });
    this.#find(".name").append(file.name, size);
    this.#find("progress").setAttribute("aria-label", said("Upload of {name}", file));
  }

  #find(selector) {
    return this.node.querySelector(selector);
  }

  /** @param {""|"busy"|"safe"|"problem"} look */
  say(words, look = "") {
    clearInterval(this.#countdown);
    this.node.className = look;
    this.#find(".state").textContent = words;
    if (look !== "busy") this.#find("progress").hidden = true;
  }

  /** Shows how far it is; without numbers, that it goes on. */
  progress(words, sent, total) {
    const bar = this.#find("progress");
    this.say(words, "busy");
    bar.hidden = false;
    if (total === undefined) bar.removeAttribute("value");
    else Object.assign(bar, { max: total, value: sent });
  }

  /** Says how long the wait still is, every second. */
  countDown(seconds, wordsFor) {
    this.say(wordsFor(seconds), "busy");
    this.#countdown = setInterval(() => {
      seconds = Math.max(1, seconds - 1);
      this.#find(".state").textContent = wordsFor(seconds);
    }, 1000);
  }

  /** The line's one button, or none. Focus stays in the line when its button goes away. */
  offer(label, action) {
    const hadFocus = this.node.contains(this.node.getRootNode().activeElement);
    this.#find(".todo").replaceChildren(...(label ? [this.#button(label, action)] : []));
    if (hadFocus) (this.#find("button, a") ?? this.node).focus();
  }

  #button(label, action) {
    const name = { textContent: label, ariaLabel: `${label}: ${this.file.name}` };
    if (typeof action === "string") return Object.assign(document.createElement("a"), { ...name, href: action, className: "button" });
    const button = Object.assign(document.createElement("button"), { ...name, type: "button" });
    button.addEventListener("click", action);
    return button;
  }
}
