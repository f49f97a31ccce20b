/** Many things in one call: up to 100 items each, every one with its own result. */

import { announcement } from "./announcement.js";
import { GatehouseProblem } from "./problems.js";
import { mayRetry, retrying } from "./retries.js";
import { sendForm } from "./transfer.js";

const MOST_ITEMS = 100;
const FORMS_AT_ONCE = 4;

/**
 * The items' results in their order. Items that waiting helps are sent again, under the same policy as a call of its
 * own; only what stays refused is told as a problem.
 * @param {import("./calls.js").Calls} calls
 * @returns {Promise<import("./gatehouse.js").ItemResult<any>[]>}
 */
export async function batch(calls, path, items, options = {}) {
  const results = [];
  for (let at = 0; at < items.length; at += MOST_ITEMS) {
    results.push(...(await lot(calls, path, items.slice(at, at + MOST_ITEMS), options)));
  }
  return results;
}

async function lot(calls, path, items, options) {
  const results = items.map(() => null);
  const open = () => [...results.keys()].filter((index) => !results[index] || mayHelp(results[index].problem));
  const attempt = async () => {
    const indexes = open();
    const answer = await calls.json("POST", path, { items: indexes.map((index) => items[index]) }, options);
    if (answer.results?.length !== indexes.length) throw new GatehouseProblem();
    answer.results.forEach((result, position) => (results[indexes[position]] = told(result)));
  };
  const verdict = ({ error }) => (error || !open().length ? false : longest(open().map((index) => results[index].problem)));
  const onWait = (wait) => options.onWait?.(wait, results[open()[0]].problem);
  await retrying(attempt, verdict, { signal: options.signal, delaysMs: calls.delaysMs, onWait });
  return results;
}

const told = ({ status, body = null, problem }) => ({
  value: problem ? null : body,
  problem: problem ? new GatehouseProblem({ ...problem, status }) : null,
});

const mayHelp = (problem) => problem !== null && mayRetry(problem.status, problem.retryAfter);
const longest = (problems) => Math.max(...problems.map(({ retryAfter }) => retryAfter ?? 0)) * 1000;

/**
 * Uploads files: small ones announced together, sent to storage, verified together; large ones each in parts.
 * @param {import("./gatehouse.js").Gatehouse} client
 * @param {(Blob & {name?: string})[]} files
 * @returns {Promise<import("./gatehouse.js").ItemResult<import("./gatehouse.js").Upload>[]>}
 */
export async function uploadTogether(client, files, { partsAbove, folder, onProgress, ...options }) {
  const sending = files.map((file) => ({
    file,
    path: folder ? `${folder}/${file.name}` : file.name,
    onProgress: (sent, total) => onProgress?.(sent, total, file),
    result: null,
  }));
  await uploadSmall(client, sending.filter(({ file }) => file.size <= partsAbove), options);
  for (const one of sending) one.result ??= await outcome(client.upload(one.file, { ...options, ...one }));
  options.signal?.throwIfAborted();
  return sending.map(({ result }) => result);
}

/** Leaves the result of each at the file that it is of. */
async function uploadSmall(client, sending, options) {
  const announced = sending.map((one) => announcement(one.file, one)[0]);
  const started = await client.uploadStartMany(announced, options);
  const waiting = sending.filter((one, index) => ((one.result = started[index]), one.result.value));
  const sent = [...waiting];
  const run = async () => {
    for (let one; (one = waiting.shift()); ) await sendOne(client, one, options);
  };
  await Promise.all(Array.from({ length: FORMS_AT_ONCE }, run));
  options.signal?.throwIfAborted();
  await complete(client, sent.filter(({ result }) => result.value), options);
}

async function sendOne(client, one, options) {
  const { id, upload } = one.result.value;
  try {
    await sendForm(upload, one.file, { ...options, onProgress: one.onProgress });
  } catch (problem) {
    await client.abort(id).catch(() => null);
    one.result = { value: null, problem };
  }
}

async function complete(client, sent, options) {
  const ids = sent.map(({ result }) => result.value.id);
  const ends = await client.uploadCompleteMany(ids, options);
  ends.forEach((end, index) => {
    if (end.problem) end.problem.upload_id = ids[index];
    sent[index].result = end;
  });
}

const outcome = (promise) =>
  promise.then(
    (value) => ({ value, problem: null }),
    (problem) => ({ value: null, problem }),
  );
