import assert from "node:assert/strict";
import test from "node:test";

import { Gatehouse, GatehouseProblem, RETRY_DELAYS_MS } from "../../platform/sdk/javascript/gatehouse.js";
import { askedWait } from "../../platform/sdk/javascript/problems.js";
import { jittered } from "../../platform/sdk/javascript/retries.js";
import { problem, serve } from "./server.js";

const QUICK = [0, 2, 4, 8, 16, 32];
const client = (server, more) => new Gatehouse({ api: server.url, tokens: async () => "token", delaysMs: QUICK, ...more });
const upload = { id: "u1", state: "available", name: "a.jpg", size: 1, file: null, problem: null };

test("the delays are those that the product promises", () => {
  assert.deepEqual(RETRY_DELAYS_MS, [0, 200, 500, 1500, 3000, 5000]);
});

test("jitter is full: from nothing up to the delay, evenly", () => {
  const waits = Array.from({ length: 5000 }, () => jittered(1000));
  assert.ok(waits.every((wait) => wait >= 0 && wait < 1000));
  assert.ok(Math.min(...waits) < 50 && Math.max(...waits) > 950);
  const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
  assert.ok(Math.abs(mean - 500) < 40, `mean ${mean}`);
});

for (const status of [408, 425, 500, 502, 503, 504]) {
  test(`${status} is tried again until it gets better`, async (t) => {
    const server = await serve(t, (_request, earlier) => (earlier < 3 ? { status } : { json: upload }));
    assert.equal((await client(server).uploadState("u1")).state, "available");
    assert.equal(server.asked.length, 4);
  });
}

for (const status of [400, 403, 404, 409, 410, 413, 415, 422]) {
  test(`${status} is never tried again`, async (t) => {
    const server = await serve(t, () => problem(status, "VALIDATION"));
    await assert.rejects(client(server).uploadState("u1"), { status, code: "VALIDATION" });
    assert.equal(server.asked.length, 1);
  });
}

test("after the last delay the problem is told", async (t) => {
  const server = await serve(t, () => problem(503, "STORAGE_UNAVAILABLE"));
  await assert.rejects(client(server).uploadState("u1"), { code: "STORAGE_UNAVAILABLE" });
  assert.equal(server.asked.length, 1 + QUICK.length);
});

test("a connection that breaks is tried again", async (t) => {
  const server = await serve(t, (_request, earlier) => (earlier < 2 ? { hangUp: true } : { json: upload }));
  assert.equal((await client(server).uploadState("u1")).id, "u1");
});

test("a server that is not there is a problem in words, with its cause", async () => {
  const gone = new Gatehouse({ api: "http://127.0.0.1:9", tokens: async () => "token", delaysMs: [0] });
  await assert.rejects(gone.uploadState("u1"), (error) => {
    assert.ok(error instanceof GatehouseProblem && error.retryable && error.cause);
    assert.match(error.user_message, /still on your device/);
    return true;
  });
});

test("429 waits at least as long as Retry-After says", async (t) => {
  const busy = problem(429, "RATE_LIMITED");
  const server = await serve(t, (_request, earlier) =>
    earlier ? { json: upload } : { ...busy, headers: { ...busy.headers, "Retry-After": "1" } },
  );
  const waits = [];
  await client(server).uploadState("u1", { onWait: (wait, reason) => waits.push([wait, reason.code]) });
  assert.ok(server.asked[1].at - server.asked[0].at >= 990);
  assert.equal(waits.length, 1);
  assert.ok(waits[0][0] >= 1000);
  assert.equal(waits[0][1], "RATE_LIMITED");
});

test("429 without Retry-After is not tried again", async (t) => {
  const server = await serve(t, () => problem(429, "RATE_LIMITED", { retry_after_s: null }));
  await assert.rejects(client(server).uploadState("u1"), { code: "RATE_LIMITED" });
  assert.equal(server.asked.length, 1);
});

test("nobody is kept waiting for an hour", async (t) => {
  const server = await serve(t, () => ({ status: 503, headers: { "Retry-After": "3600" }, text: "" }));
  await assert.rejects(client(server).uploadState("u1"), { status: 503 });
  assert.equal(server.asked.length, 1);
});

test("Retry-After may be seconds, a date, or nonsense", () => {
  const now = Date.parse("2026-11-23T12:00:00Z");
  const wait = (value) => askedWait(new Response("", { headers: value === null ? {} : { "Retry-After": value } }), now);
  assert.equal(wait("12"), 12_000);
  assert.equal(wait("Mon, 23 Nov 2026 12:00:30 GMT"), 30_000);
  assert.equal(wait("Mon, 23 Nov 2026 11:00:00 GMT"), 0);
  assert.equal(wait("soon"), null);
  assert.equal(wait(null), null);
});

test("every attempt of one call carries the same Idempotency-Key, and the next call another", async (t) => {
  const server = await serve(t, (_request, earlier) => (earlier === 0 ? { status: 502 } : { status: 202, json: upload }));
  const gatehouse = client(server);
  await gatehouse.uploadComplete("u1");
  await gatehouse.uploadComplete("u1");
  const [first, again, next] = server.asked.map(({ headers }) => headers["idempotency-key"]);
  assert.match(first, /^[0-9a-f-]{36}$/);
  assert.equal(again, first);
  assert.notEqual(next, first);
});

test("a signal ends the wait at once, with its own reason", async (t) => {
  const server = await serve(t, () => ({ status: 503, headers: { "Retry-After": "60" }, text: "" }));
  const cancel = new AbortController();
  const call = client(server).uploadState("u1", { signal: cancel.signal, onWait: () => cancel.abort() });
  await assert.rejects(call, { name: "AbortError" });
});

test("an answer that never comes is given up after half a minute, and asked for again", async (t) => {
  const server = await serve(t, (_request, earlier) => (earlier ? { json: upload } : { silent: true }));
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const call = client(server, { delaysMs: [0] }).uploadState("u1");
  while (!server.asked.length) await new Promise((soon) => setImmediate(soon));
  t.mock.timers.tick(29_999);
  await new Promise((soon) => setImmediate(soon));
  assert.equal(server.asked.length, 1);
  t.mock.timers.tick(1);
  while (server.asked.length < 2) {
    await new Promise((soon) => setImmediate(soon));
    t.mock.timers.tick(1);
  }
  assert.equal((await call).state, "available");
});

test("an earlier attempt that is still at work is waited for", async (t) => {
  const busy = problem(409, "IDEMPOTENCY_CONFLICT");
  const answers = [{ hangUp: true }, { ...busy, headers: { ...busy.headers, "Retry-After": "0" } }, { json: upload }];
  const server = await serve(t, (_request, earlier) => answers[earlier]);
  assert.equal((await client(server).uploadComplete("u1")).state, "available");
  assert.equal(new Set(server.asked.map(({ headers }) => headers["idempotency-key"])).size, 1);
});

test("409 on a first attempt is told, whatever it asks for", async (t) => {
  const busy = problem(409, "SCAN_PENDING");
  const server = await serve(t, () => ({ ...busy, headers: { ...busy.headers, "Retry-After": "0" } }));
  await assert.rejects(client(server).signedUrl("f1"), { code: "SCAN_PENDING", status: 409 });
  assert.equal(server.asked.length, 1);
});

test("a problem says after how many seconds the call will succeed, even where only the header does", async (t) => {
  const server = await serve(t, () => ({ status: 503, headers: { "Retry-After": "3600" }, text: "" }));
  await assert.rejects(client(server).uploadState("u1"), { retryAfter: 3600, retryable: true });
});

test("an answer that breaks off in the middle is asked for again", async (t) => {
  const server = await serve(t, (_request, earlier) => (earlier < 2 ? { torn: true } : { json: upload }));
  assert.equal((await client(server).uploadState("u1")).state, "available");
  assert.equal(server.asked.length, 3);
});
