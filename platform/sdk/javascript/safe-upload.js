/**
 * <safe-upload surface="/go/…/surface.json">: choose files, agree once, watch them arrive and be checked.
 *
 * Limits come from the server, never from attributes, and the server enforces them again. Nothing is sent before the
 * person agreed. A file is called safe only once the server says `available`.
 * Events, bubbling and composed: `safe-upload:change`, `safe-upload:complete`, `safe-upload:problem`.
 * Parts: zone, limits, button, camera-button, list, file, state, dialog.
 */

import { GatehouseProblem } from "./problems.js";
import { said, speakAsAround } from "./safe-upload/language.js";
import { Queue } from "./safe-upload/queue.js";
import { markup, styleSheet } from "./safe-upload/styles.js";
import { Uploads } from "./uploading.js";

const LOST = "This upload box could not be loaded. Load the page again.";

export class SafeUpload extends HTMLElement {
  #surface = null;
  #queue = null;
  #select = null;
  #heard = null;

  connectedCallback() {
    this.#heard = new AbortController();
    this.#begin(this.#heard.signal);
  }

  disconnectedCallback() {
    this.#heard.abort();
  }

  /** Takes files as if the person had chosen them; asks for agreement first where it isn't given. */
  add(files) {
    return this.#whenAgreed((folder) => this.#queue.add(files, folder));
  }

  async #begin(signal) {
    await speakAsAround(this);
    if (signal.aborted) return;
    if (!this.shadowRoot) this.#build();
    this.#listen({ signal });
    if (!this.#surface) this.#load();
  }

  #build() {
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [styleSheet()];
    root.innerHTML = markup();
  }

  #find(selector) {
    return this.shadowRoot.querySelector(selector);
  }

  #listen(options) {
    const on = (target, name, act) => target.addEventListener(name, act, options);
    for (const [button, chooser] of [[".choose", ".files"], [".camera", ".photo"]]) {
      const input = this.#find(chooser);
      on(this.#find(button), "click", () => this.#choose(input));
      on(input, "change", () => (this.add([...input.files]), (input.value = "")));
    }
    on(document, "dragover", (event) => this.#over(event));
    on(document, "dragleave", (event) => event.relatedTarget || this.#glow(false));
    on(document, "drop", (event) => this.#dropped(event));
    on(document, "paste", (event) => this.#given(event.clipboardData));
    on(window, "beforeunload", (event) => this.#queue?.isSending && event.preventDefault());
  }

  #over(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    this.#glow(true);
  }

  /** Anywhere on the page counts: a file that misses the box must not replace the page. */
  #dropped(event) {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    this.#glow(false);
    this.#given(event.dataTransfer);
  }

  #given(transfer) {
    const files = [...(transfer?.files ?? [])];
    if (files.length) this.add(files);
  }

  #glow(lit) {
    this.#find(".zone").classList.toggle("over", lit);
  }

  async #load() {
    try {
      const response = await fetch(this.getAttribute("surface"), { credentials: "same-origin" });
      if (!response.ok) throw await GatehouseProblem.of(response);
      this.#open(await response.json());
    } catch {
      this.#find(".limits").textContent = said(LOST);
      this.#say(said(LOST));
    }
  }

  #open(surface) {
    const { limits, place } = surface;
    this.#surface = surface;
    this.#find(".limits").textContent = said("Each file: {types}, up to {limit}.", { types: limits.type_words, limit: limits.max_words });
    this.#find(".place").textContent = place ? said("Stored in {place}.", { place }) : "";
    this.#find(".files").accept = limits.accept;
    this.#find(".zone").classList.toggle("photos", limits.types.some((type) => type.startsWith("image/")));
    if (surface.surfaces.length) import("./safe-upload/folders.js").then(({ offer }) => (this.#select = offer(surface, this.#find(".limits"))));
    this.#queue = new Queue({
      client: this.#client(),
      limits,
      list: this.#find("ul"),
      say: (words) => this.#say(words),
      emit: (name, detail) => this.#emit(name, detail),
      chooseAgain: () => this.#choose(this.#find(".files")),
      askAgain: (row) => this.#ask(row.folder, true),
    });
    this.#find(".choose").disabled = false;
  }

  /** Its tokens tell what was agreed to by then: each answer needs a new one. */
  #client() {
    const tokens = async () => (await import("./safe-upload/token.js")).tokenFor(this.#surface);
    return new Uploads({ api: this.#surface.endpoints.api, tokens });
  }

  /** Opens the chooser, unless the browser counts the click as too long ago. */
  #choose(input) {
    return this.#whenAgreed(() => {
      if (navigator.userActivation?.isActive ?? true) input.click();
      else this.#say(said("Choose your files now."));
    });
  }

  async #whenAgreed(act) {
    if (!this.#surface) return;
    const folder = this.#select?.value ?? "";
    const { consent, surfaces } = this.#surface;
    const misses = [consent, ...surfaces].some((one) => !one.agreed && (one.required || one.folder === folder));
    if (!misses || (await this.#ask(folder))) act(folder);
  }

  /** Resolves with whether files may go to the folder now. */
  async #ask(folder, again) {
    const { askFor } = await import("./safe-upload/consent.js");
    const refused = await askFor(this.#find("dialog"), this.#surface, folder, again);
    this.#queue.client = this.#client();
    if (refused) this.#tell(refused);
    return refused === "";
  }

  /** Something that concerns the box rather than one file. */
  #tell(words) {
    this.#find(".hint").textContent = words;
    this.#say(words);
    this.#emit("problem", { message: words });
  }

  #say(words) {
    this.#find(".said").textContent = words;
  }

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(`safe-upload:${name}`, { detail, bubbles: true, composed: true }));
  }
}

customElements.define("safe-upload", SafeUpload);
