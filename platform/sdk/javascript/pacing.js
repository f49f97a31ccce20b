/** Slows down before the server has to say so, by the rate headers that came with earlier answers. */

import { nearlyLimited } from "./problems.js";
import { jittered, sleep, unlessAborted } from "./retries.js";

/** The share of the burst that is left untouched: calls wait while there is less. */
const RESERVE = 0.1;

/** What one app may still do at once, as far as its last answer told; calls that wait stand in one line. */
export class Pace {
  #budget = null;
  #flying = 0;
  #line = Promise.resolve();

  /** Resolves when the next call may start; it is under way until `end`. */
  async begin({ signal, onWait }) {
    const before = this.#line;
    let leave;
    this.#line = new Promise((resolve) => (leave = resolve));
    try {
      await unlessAborted(before, signal);
      const wait = this.#wait();
      if (wait) onWait?.(wait, nearlyLimited());
      if (wait) await sleep(wait, signal);
      this.#flying += 1;
    } finally {
      before.then(leave);
    }
  }

  /** Learns from the answer's headers, where there is an answer. */
  end(headers) {
    this.#flying -= 1;
    const [limit, remaining, reset] = ["Limit", "Remaining", "Reset"].map((name) => number(headers, name));
    if (Number.isNaN(limit + remaining + reset)) return;
    // `remaining` is rounded down: one less may be used than it seems, and then each takes longer to come back
    const refillMs = (reset * 1000) / Math.max(1, limit - remaining - 1);
    this.#budget = limit > remaining && reset > 0 ? { limit, remaining, refillMs, at: performance.now() } : null;
  }

  /** Milliseconds until the reserve will be whole again behind the next call. */
  #wait() {
    if (!this.#budget) return 0;
    const { limit, remaining, refillMs, at } = this.#budget;
    const left = Math.min(limit, remaining + (performance.now() - at) / refillMs) - this.#flying;
    const short = Math.max(1, limit * RESERVE) - left;
    return short > 0 ? short * refillMs + jittered(refillMs) : 0;
  }
}

const number = (headers, name) => Number.parseFloat(headers?.get(`X-RateLimit-${name}`));
