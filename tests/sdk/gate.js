/** A gate like the platform's (GCRA), so that a client can be seen to keep to a rate it was never told. */

import { problem } from "./server.js";

/** @returns {() => object} the answer's headers; with a status and a problem where the request came too early */
export function gate({ limit, refillMs }) {
  let arrival = 0;
  return (content = {}) => {
    const now = performance.now();
    const after = Math.max(arrival, now) + refillMs;
    const room = now + limit * refillMs - after;
    if (room < 0) {
      const refused = problem(429, "RATE_LIMITED");
      return { ...refused, headers: { ...refused.headers, "Retry-After": String(Math.ceil(-room / 1000)) } };
    }
    arrival = after;
    const headers = {
      "X-RateLimit-Limit": String(limit),
      "X-RateLimit-Remaining": String(Math.floor(room / refillMs)),
      "X-RateLimit-Reset": String((after - now) / 1000),
    };
    return { json: content, headers };
  };
}
