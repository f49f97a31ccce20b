/** When to try again, and when not to: the policy that every call shares. */

import { GatehouseProblem, askedWait, connectionProblem } from "./problems.js";

/** The longest wait before each further attempt, in milliseconds. */
export const RETRY_DELAYS_MS = Object.freeze([0, 200, 500, 1500, 3000, 5000]);

/** Nobody waits in front of a screen for longer than this: the problem is told instead. */
const LONGEST_WAIT_MS = 120_000;

/** An answer of the API that takes longer never comes; sending a file to storage has no such end. */
const ANSWER_WITHIN_MS = 30_000;
const HELPED_BY_WAITING = new Set([408, 425, 500, 502, 503, 504]);

/** Full jitter: anything from nothing up to the delay, so that clients who failed together don't return together. */
export const jittered = (delayMs, random = Math.random) => random() * delayMs;

/** Whether a status gets better by itself; 429 does only when it says when. */
export const mayRetry = (status, asked = null) => HELPED_BY_WAITING.has(status) || (status === 429 && asked !== null);

/** Waits, unless the signal ends the wait. Rejects with the signal's reason. */
export async function sleep(milliseconds, signal) {
  let timer;
  try {
    await unlessAborted(new Promise((resolve) => (timer = setTimeout(resolve, milliseconds))), signal);
  } finally {
    clearTimeout(timer);
  }
}

/** What the promise says, or the signal's reason as soon as there is one. */
export function unlessAborted(promise, signal) {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/**
 * Runs an attempt until it succeeds, until trying again can't help, or until the delays are used up.
 * @param verdict of {result, error}; false: final; milliseconds: at least so long; null: as long as the policy says
 */
export async function retrying(attempt, verdict, { signal, onWait, delaysMs = RETRY_DELAYS_MS } = {}) {
  for (const delay of [...delaysMs, undefined]) {
    signal?.throwIfAborted();
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

/**
 * fetch() under the policy; resolves with the last answer, whatever it is. Rejects when none came.
 *
 * With an Idempotency-Key, 409 with Retry-After after an attempt that failed is that attempt, still at work: its answer
 * is waited for.
 */
export function persistentFetch(url, init, { signal, onWait, delaysMs } = {}) {
  let failed = false;
  const verdict = ({ result, error }) => {
    const asked = error ? null : askedWait(result);
    const atWork = failed && result?.status === 409 && asked !== null && init.headers?.["Idempotency-Key"];
    if (!error && !atWork && !mayRetry(result.status, asked)) return false;
    failed = true;
    return asked;
  };
  const tell = async (wait, { result, error }) => onWait?.(wait, error ?? (await GatehouseProblem.of(result)));
  return retrying(() => answerTo(url, init, signal), verdict, { signal, delaysMs, onWait: tell });
}

/** Answers hold words for people: in the language of the page, where there is one. */
const spoken = () => ({ "Accept-Language": globalThis.document?.documentElement.lang || "*" });

/** One attempt. Rejects with a problem in words when no answer came in time. */
async function answerTo(url, init, signal) {
  const stop = new AbortController();
  const follow = () => stop.abort(signal.reason);
  signal?.addEventListener("abort", follow, { once: true });
  const timer = setTimeout(() => stop.abort(new Error("No answer in time.")), ANSWER_WITHIN_MS);
  try {
    const response = await fetch(url, { ...init, headers: { ...spoken(), ...init.headers }, signal: stop.signal });
    return new Response((await response.text()) || null, response); // an answer that is torn is none
  } catch (cause) {
    throw connectionProblem(cause);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", follow);
  }
}
