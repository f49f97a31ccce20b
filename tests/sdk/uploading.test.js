import assert from "node:assert/strict";
import test from "node:test";

import { Gatehouse } from "../../platform/sdk/javascript/gatehouse.js";
import { HttpRequest } from "./request.js";
import { serve } from "./server.js";

const photo = (bytes) => new File([new Uint8Array(bytes).fill(7)], "beach.jpg", { type: "image/jpeg" });
const states = { "/uploads/u1/complete": "received", "/uploads/u1/abort": "aborted" };

/** Gatehouse and storage in one server; `storage` scripts what storage says. */
async function platform(t, { storage = () => ({ status: 204 }), complete, settled = [] } = {}) {
  let url = "";
  const server = await serve(t, (request, earlier) => {
    if (request.path === "/bucket") return storage(request, earlier);
    if (request.path === "/uploads") {
      const form = { method: "POST", url: `${url}/bucket`, fields: { key: "k1", policy: "p" } };
      return { status: 201, json: { id: "u1", state: "started", upload: form } };
    }
    if (complete && request.path.endsWith("/complete")) return complete(request, earlier);
    return { json: { id: "u1", state: states[request.path] ?? settled[earlier] } };
  });
  url = server.url;
  const gatehouse = new Gatehouse({ api: server.url, tokens: async () => "token", delaysMs: [0, 1, 1, 1, 1, 1] });
  return { server, gatehouse, paths: () => server.asked.map(({ path }) => path) };
}

/** Runs a test once as in a browser and once as where there is no XMLHttpRequest. */
function everywhere(name, run) {
  test(`${name} (fetch)`, run);
  test(`${name} (XMLHttpRequest)`, async (t) => {
    globalThis.XMLHttpRequest = HttpRequest;
    t.after(() => delete globalThis.XMLHttpRequest);
    await run(t);
  });
}

everywhere("an upload is announced, sent to storage, completed", async (t) => {
  const { server, gatehouse, paths } = await platform(t);
  assert.equal((await gatehouse.upload(photo(1000))).state, "received");
  assert.deepEqual(paths(), ["/uploads", "/bucket", "/uploads/u1/complete"]);
  const announced = JSON.parse(server.asked[0].body);
  assert.deepEqual(announced, { path: "beach.jpg", size: 1000, content_type: "image/jpeg" });
});

everywhere("storage gets the form's fields in order, the file last, and no token", async (t) => {
  const { server, gatehouse } = await platform(t);
  await gatehouse.upload(photo(10));
  const sent = server.asked[1];
  const names = [...sent.body.toString("latin1").matchAll(/ name="(\w+)"/g)].map(([, name]) => name);
  assert.deepEqual(names, ["key", "policy", "file"]);
  assert.equal(sent.headers.authorization, undefined);
});

everywhere("progress rises to the file's size and never beyond", async (t) => {
  const { gatehouse } = await platform(t);
  const seen = [];
  await gatehouse.upload(photo(500_000), { onProgress: (sent, total) => seen.push([sent, total]) });
  assert.deepEqual(seen.at(-1), [500_000, 500_000]);
  assert.ok(seen.length >= 2);
  assert.ok(seen.every(([sent, total], index) => total === 500_000 && sent >= (seen[index - 1]?.[0] ?? 0)));
});

everywhere("storage that stumbles gets the same form again", async (t) => {
  const { gatehouse, paths } = await platform(t, {
    storage: (_request, earlier) => [{ status: 503 }, { hangUp: true }][earlier] ?? { status: 204 },
  });
  assert.equal((await gatehouse.upload(photo(10))).state, "received");
  assert.deepEqual(paths(), ["/uploads", "/bucket", "/bucket", "/bucket", "/uploads/u1/complete"]);
});

everywhere("a form that storage refuses gives the upload up, and says why", async (t) => {
  const { gatehouse, paths } = await platform(t, {
    storage: () => ({ status: 403, text: "<Error><Code>AccessDenied</Code></Error>" }),
  });
  await assert.rejects(gatehouse.upload(photo(10)), { code: "KEY_EXPIRED", message: "The upload took too long to start." });
  assert.deepEqual(paths(), ["/uploads", "/bucket", "/uploads/u1/abort"]);
});

everywhere("cancelling stops the bytes and gives the space back", async (t) => {
  const cancel = new AbortController();
  const { gatehouse, paths } = await platform(t, { storage: () => (cancel.abort(), { status: 503 }) });
  await assert.rejects(gatehouse.upload(photo(10), { signal: cancel.signal }), { name: "AbortError" });
  assert.equal(paths().at(-1), "/uploads/u1/abort");
});

test("a problem after the bytes arrived says which upload to go on with", async (t) => {
  const { gatehouse, paths } = await platform(t, { complete: () => ({ status: 500, text: "" }) });
  await assert.rejects(gatehouse.upload(photo(10)), { status: 500, upload_id: "u1" });
  assert.ok(!paths().includes("/uploads/u1/abort"));
});

test("what the browser doesn't know is sent as any bytes, unless the caller knows better", async (t) => {
  const { server, gatehouse } = await platform(t);
  const nameless = new File(["x"], "a.heic");
  await gatehouse.upload(nameless);
  await gatehouse.upload(nameless, { contentType: "image/heic", path: "photos/a.heic" });
  const [plain, known] = server.asked.filter(({ path }) => path === "/uploads").map(({ body }) => JSON.parse(body));
  assert.equal(plain.content_type, "application/octet-stream");
  assert.equal(known.content_type, "image/heic");
  assert.equal(known.path, "photos/a.heic");
});

test("settled waits through the scan and tells every state", async (t) => {
  const { gatehouse } = await platform(t, { settled: ["received", "scanning", "available"] });
  const seen = [];
  const end = await gatehouse.settled("u1", { onState: ({ state }) => seen.push(state) });
  assert.equal(end.state, "available");
  assert.deepEqual(seen, ["received", "scanning", "available"]);
});
