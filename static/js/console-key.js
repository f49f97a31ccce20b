/** The page's one key: made by exchange from the session, held in memory, counted down, given back. */

import { sessionTokens } from "../sdk/gatehouse.js";

export class Key {
  name = null;
  #held = null;
  #source;
  #place;
  #find;
  #timer;

  constructor(place, csrf, find) {
    this.#place = place;
    this.#find = find;
    const wish = { tokenUrl: "/oauth/token", app: place.app, csrfToken: csrf, scope: place.scope, prefix: place.prefix };
    this.#source = () => sessionTokens({ ...wish, delaysMs: [] })();
  }

  /** The key, made when there is none. A key that was stopped is shown again on purpose: it opens nothing. */
  async value() {
    if (!this.#held || this.#held.until < Date.now()) await this.renew();
    return this.#held.token;
  }

  async renew() {
    const token = await this.#source();
    const { jti, exp, scope } = claimsOf(token);
    this.#held = { token, until: exp * 1000 };
    this.name = jti;
    this.#find("key-name").textContent = `…${jti.slice(-4)}`;
    this.#find("key-scope").textContent = scope;
    this.#find("no-key").hidden = true;
    this.#find("a-key").hidden = false;
    this.#find("revoke").disabled = false;
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#tick(), 1000);
    this.#tick();
  }

  /** Gives it back (RFC 7009). It stays on the page, so that one can see that it opens nothing. */
  async revoke() {
    const body = new URLSearchParams({ token: this.#held.token, client_id: this.#place.app });
    await fetch("/oauth/revoke", { method: "POST", body, credentials: "omit" });
    clearInterval(this.#timer);
    this.#find("revoke").disabled = true;
    this.#find("key-ends").textContent = this.#find("words").dataset.ended;
  }

  #tick() {
    const seconds = Math.max(0, Math.round((this.#held.until - Date.now()) / 1000));
    const text = seconds ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` : this.#find("words").dataset.ended;
    this.#find("key-ends").textContent = text;
    this.#find("revoke").disabled ||= !seconds;
  }
}

/** What the key says of itself (RFC 7519 §3). Read for showing only: whether it holds is the server's to say. */
function claimsOf(token) {
  const body = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0))));
}
