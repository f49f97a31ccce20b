import assert from "node:assert/strict";
import test from "node:test";

import { Gatehouse, GatehouseProblem } from "../../platform/sdk/javascript/gatehouse.js";
import { serve } from "./server.js";

const client = (server, more) =>
  new Gatehouse({ api: server.url, tokens: async () => "token", delaysMs: [0, 1, 1, 1, 1, 1], ...more });
const itemsOf = ({ body }) => JSON.parse(body).items;
const refusal = (status, code, more = {}) => ({ status, problem: { code, user_message: code, retryable: status === 429, ...more } });

test("every item has its own end, in the order of the items", async (t) => {
  const server = await serve(t, (request) => ({
    json: {
      results: itemsOf(request).map(({ path }) =>
        path === "b" ? refusal(409, "NAME_TAKEN") : { status: 201, body: { id: path, path } },
      ),
    },
  }));
  const [a, b, c] = await client(server).createFolders(["a", "b", "c"]);
  assert.equal(a.value.id, "a");
  assert.equal(c.value.id, "c");
  assert.ok(b.problem instanceof GatehouseProblem && b.value === null);
  assert.equal(b.problem.code, "NAME_TAKEN");
  assert.equal(b.problem.status, 409);
  assert.equal(server.asked.length, 1);
});

test("more than a hundred go in several calls, each with its own key", async (t) => {
  const server = await serve(t, (request) => ({
    json: { results: itemsOf(request).map(({ id }) => ({ status: 200, body: { url: id } })) },
  }));
  const items = Array.from({ length: 250 }, (_, index) => ({ id: `f${index}` }));
  const results = await client(server).signedUrls(items);
  assert.deepEqual(results.map(({ value }) => value.url), items.map(({ id }) => id));
  assert.deepEqual(server.asked.map((request) => itemsOf(request).length), [100, 100, 50]);
  assert.equal(new Set(server.asked.map(({ headers }) => headers["idempotency-key"])).size, 3);
});

test("items that waiting helps are sent again, alone, after the wait that they ask for", async (t) => {
  const server = await serve(t, (request, earlier) => ({
    json: {
      results: itemsOf(request).map(({ id }) =>
        id === "slow" && !earlier ? refusal(429, "RATE_LIMITED", { retry_after_s: 1 }) : { status: 200, body: { id } },
      ),
    },
  }));
  const waits = [];
  const results = await client(server).uploadCompleteMany(["a", "slow", "b"], { onWait: (wait) => waits.push(wait) });
  assert.deepEqual(results.map(({ value }) => value.id), ["a", "slow", "b"]);
  assert.deepEqual(server.asked.map(itemsOf), [[{ id: "a" }, { id: "slow" }, { id: "b" }], [{ id: "slow" }]]);
  assert.ok(server.asked[1].at - server.asked[0].at >= 990);
  assert.equal(waits.length, 1);
});

test("an empty batch asks nobody", async (t) => {
  const server = await serve(t, () => ({ status: 500 }));
  assert.deepEqual(await client(server).createFolders([]), []);
  assert.equal(server.asked.length, 0);
});

/** A platform for whole uploads in batches; what `storage` says may be scripted by the form's key. */
async function platform(t, storage = () => ({ status: 204 })) {
  let url = "";
  const server = await serve(t, (request) => {
    if (request.path.startsWith("/bucket")) return storage(request.path.split("/")[2]);
    if (request.path === "/uploads/batch") {
      const results = itemsOf(request).map(({ path }) => ({
        status: 201,
        body: { id: path, upload: { method: "POST", url: `${url}/bucket/${path.split("/").at(-1)}`, fields: { key: "k" } } },
      }));
      return { json: { results } };
    }
    if (request.path === "/uploads/batch/complete")
      return { json: { results: itemsOf(request).map(({ id }) => ({ status: 202, body: { id, state: "received" } })) } };
    return { json: { state: "aborted" } };
  });
  url = server.url;
  return server;
}

const photo = (name) => new File(["bytes"], name, { type: "image/jpeg" });

test("files go together: one call announces, one has them verified", async (t) => {
  const server = await platform(t);
  const sent = [];
  const files = ["a.jpg", "b.jpg", "c.jpg"].map(photo);
  const results = await client(server).uploadMany(files, { folder: "trip", onProgress: (bytes, total, file) => sent.push(file.name) });
  assert.deepEqual(results.map(({ value }) => value.id), ["trip/a.jpg", "trip/b.jpg", "trip/c.jpg"]);
  assert.equal(server.asked.filter(({ path }) => path.startsWith("/uploads")).length, 2);
  assert.deepEqual(new Set(sent), new Set(["a.jpg", "b.jpg", "c.jpg"]));
});

test("a file that storage refuses is given up, and the others arrive", async (t) => {
  const server = await platform(t, (name) => (name === "b.jpg" ? { status: 403, text: "" } : { status: 204 }));
  const [a, b, c] = await client(server).uploadMany(["a.jpg", "b.jpg", "c.jpg"].map(photo));
  assert.equal(a.value.state, "received");
  assert.equal(c.value.state, "received");
  assert.equal(b.problem.status, 403);
  assert.ok(server.asked.some(({ path }) => path === "/uploads/b.jpg/abort"));
});

test("cancelling ends them all", async (t) => {
  const cancel = new AbortController();
  const server = await platform(t, () => (cancel.abort(), { status: 503 }));
  await assert.rejects(client(server).uploadMany(["a.jpg"].map(photo), { signal: cancel.signal }), { name: "AbortError" });
  assert.ok(!server.asked.some(({ path }) => path === "/uploads/batch/complete"));
});

test("an answer with too few results is a problem, not a guess", async (t) => {
  const server = await serve(t, () => ({ json: { results: [] } }));
  await assert.rejects(client(server).createFolders(["a"]), { name: "GatehouseProblem", code: "INTERNAL" });
});
