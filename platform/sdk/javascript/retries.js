/** When to try again, and when not to: the policy that every call shares. */

import { GatehouseProblem, connectionProblem } from "./problems.js";

/** The longest wait before each further attempt, in milliseconds. */
export const RETRY_DELAYS_MS = Object.freeze([0, 200, 500, 1500, 3000, 5000]);

/** Nobody waits in front of a screen for longer than this: the problem is told instead. */
const LONGEST_WAIT_MS = 120_000;
const HELPED_BY_WAITING = new Set([408, 425, 500, 502, 503, 504]);

/** Full jitter: anything from nothing up to the delay, so that clients who failed together don't return together. */
export const jittered = (delayMs, random = Math.random) => random() * delayMs;

/**
 * The wait that an answer asks for in milliseconds, or null where it doesn't (RFC 9110 §10.2.3: seconds or a date).
 * @param {Response} response
 */
export function askedWait(response, now = Date.now()) {
  const value = response.headers.get("Retry-After");
  if (value === null) return null;
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(wait) ? null : Math.max(0, wait);
}

/** Whether an answer's status gets better by itself; 429 does only when it says when. */
export const mayRetry = (response) =>
  HELPED_BY_WAITING.has(response.status) || (response.status === 429 && askedWait(response) !== null);

/** Waits, unless the signal ends the wait. Rejects with the signal's reason. */
export function sleep(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = () => (clearTimeout(timer), reject(signal.reason));
    const timer = setTimeout(() => (signal?.removeEventListener("abort", stop), resolve()), milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/**
 * Runs an attempt until it succeeds, until trying again can't help, or until the delays are used up.
 * @template T
 * @param {() => Promise<T>} attempt
 * @param {(outcome: {result?: T, error?: any}) => false | number | null} verdict
 *   false: final; a number of milliseconds: at least so long; null: as long as the policy says
 * @param {import("./gatehouse.js").RetryOptions} options
 * @returns {Promise<T>}
 */
export async function retrying(attempt, verdict, { signal, onWait, delaysMs = RETRY_DELAYS_MS } = {}) {
  for (const delay of [...delaysMs, undefined]) {
    const outcome = await attempt().then(
      (result) => ({ result }),
      (error) => ({ error }),
    );
    signal?.throwIfAborted();
    const asked = verdict(outcome);
    if (asked === false || delay === undefined || asked > LONGEST_WAIT_MS) return settle(outcome);
    const wait = (asked ?? 0) + jittered(delay);
    onWait?.(wait, outcome);
    await sleep(wait, signal);
  }
}

function settle({ result, error }) {
  if (error) throw error;
  return result;
}

/** fetch() under the policy; resolves with the last answer, whatever it is. Rejects when none came. */
export function persistentFetch(url, init, { signal, onWait, delaysMs } = {}) {
  const attempt = () => fetch(url, { ...init, signal }).catch((cause) => Promise.reject(connectionProblem(cause)));
  const verdict = ({ result, error }) => (error ? null : mayRetry(result) ? askedWait(result) : false);
  const tell = async (wait, { result, error }) => onWait?.(wait, error ?? (await GatehouseProblem.of(result)));
  return retrying(attempt, verdict, { signal, delaysMs, onWait: tell });
}
