import assert from "node:assert/strict";
import test from "node:test";

import { Gatehouse } from "../../platform/sdk/javascript/gatehouse.js";
import { gate } from "./gate.js";
import { serve } from "./server.js";

const client = (server) => new Gatehouse({ api: server.url, tokens: async () => "token" });
const times = (count, act) => Array.from({ length: count }, (_, index) => act(`u${index}`));

async function limited(t, limits) {
  const admit = gate(limits);
  const refused = [];
  const server = await serve(t, ({ path }) => {
    const answer = admit({ id: path, state: "available" });
    if (answer.status === 429) refused.push(path);
    return answer;
  });
  return { server, refused };
}

test("calls one after another slow down before the limit says no", async (t) => {
  const { server, refused } = await limited(t, { limit: 20, refillMs: 20 });
  const gatehouse = client(server);
  for (const id of times(60, (id) => id)) await gatehouse.uploadState(id);
  assert.deepEqual(refused, []);
  assert.equal(server.asked.length, 60);
});

test("calls side by side share one pace", async (t) => {
  const { server, refused } = await limited(t, { limit: 20, refillMs: 20 });
  const gatehouse = client(server);
  await gatehouse.uploadState("first");
  await Promise.all(times(50, (id) => gatehouse.uploadState(id)));
  assert.deepEqual(refused, []);
  assert.equal(server.asked.length, 51);
});

test("while there is room nobody waits", async (t) => {
  const { server } = await limited(t, { limit: 1000, refillMs: 1000 });
  const waits = [];
  const gatehouse = client(server);
  for (const id of times(20, (id) => id)) await gatehouse.uploadState(id, { onWait: (wait) => waits.push(wait) });
  assert.deepEqual(waits, []);
});

test("a call that waits for room says so, in words", async (t) => {
  const headers = { "X-RateLimit-Limit": "10", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1" };
  const server = await serve(t, () => ({ json: {}, headers }));
  const gatehouse = client(server);
  const waits = [];
  await gatehouse.uploadState("u0");
  await gatehouse.uploadState("u1", { onWait: (wait, reason) => waits.push([wait, reason.code]) });
  assert.equal(waits.length, 1);
  assert.equal(waits[0][1], "RATE_LIMITED");
  assert.ok(waits[0][0] > 20 && waits[0][0] <= 230, `${waits[0][0]} ms where nine come back in a second`);
});

test("waiting for room can be cancelled, and others then wait no longer for it", async (t) => {
  const headers = { "X-RateLimit-Limit": "10", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "600" };
  const server = await serve(t, (_request, earlier) => ({ json: {}, headers: earlier ? {} : headers }));
  const gatehouse = client(server);
  await gatehouse.uploadState("u0");
  const cancel = new AbortController();
  const call = gatehouse.uploadState("u1", { signal: cancel.signal, onWait: () => cancel.abort() });
  await assert.rejects(call, { name: "AbortError" });
  assert.equal(server.asked.length, 1);
});

test("headers that make no sense change nothing", async (t) => {
  const headers = { "X-RateLimit-Limit": "many", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "-3" };
  const server = await serve(t, () => ({ json: {}, headers }));
  const waits = [];
  const gatehouse = client(server);
  for (const id of ["a", "b"]) await gatehouse.uploadState(id, { onWait: (wait) => waits.push(wait) });
  assert.deepEqual(waits, []);
});
