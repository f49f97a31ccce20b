/** Slows down before the server has to say so, by the rate headers that came with earlier answers. */

import { nearlyLimited } from "./problems.js";
import { jittered, sleep } from "./retries.js";

/** The share of the burst that is left untouched: calls wait while there is less. */
const RESERVE = 0.1;

/** What one app may still do at once, as far as its last answer told. */
export class Pace {
  #budget = null;
  #flying = 0;

  /** Resolves when a call may start, with when that is; it is under way until `end`. */
  async begin({ signal, onWait }) {
    for (let wait; (wait = this.#wait()); ) {
      onWait?.(wait, nearlyLimited());
      await sleep(wait, signal);
    }
    this.#flying += 1;
    return performance.now();
  }

  /** Learns from the answer's headers, where there is an answer, to a call that began then. */
  end(headers, began) {
    this.#flying -= 1;
    let [limit, remaining, reset] = ["Limit", "Remaining", "Reset"].map((name) => number(headers, name));
    if (Number.isNaN(limit + remaining + reset)) return;
    // `remaining` is rounded down: one less may be used than it seems, and then each takes longer to come back
    const refillMs = (reset * 1000) / Math.max(1, limit - remaining - 1);
    // answers overtake each other: an older one may only lower the hopes
    if (this.#budget && began < this.#budget.at) remaining = Math.min(remaining, this.#left());
    this.#budget = limit > remaining && reset > 0 ? { limit, remaining, refillMs, at: performance.now() } : null;
  }

  /** With what may have come back since. */
  #left() {
    const { limit, remaining, refillMs, at } = this.#budget;
    return Math.min(limit, remaining + (performance.now() - at) / refillMs);
  }

  /** Milliseconds until the reserve will be whole again behind the next call. */
  #wait() {
    if (!this.#budget) return 0;
    const { limit, refillMs } = this.#budget;
    const short = Math.max(1, limit * RESERVE) - this.#left() + this.#flying;
    return short > 0 ? short * refillMs + jittered(refillMs) : 0;
  }
}

const number = (headers, name) => Number.parseFloat(headers?.get(`X-RateLimit-${name}`));
