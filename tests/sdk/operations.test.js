import assert from "node:assert/strict";
import test from "node:test";

import { Gatehouse } from "../../platform/sdk/javascript/gatehouse.js";
import { serve } from "./server.js";

const client = (server) => new Gatehouse({ api: server.url, tokens: async () => "token" });

const CALLS = {
  createFolder: [(g) => g.createFolder("a/b"), "POST /folders", { path: "a/b" }],
  changeFolder: [(g) => g.changeFolder("d1", { name: "c" }), "PATCH /folders/d1", { name: "c" }],
  deleteFolder: [(g) => g.deleteFolder("d1"), "DELETE /folders/d1", {}],
  signParts: [(g) => g.signParts("u1", [3, 4]), "POST /uploads/u1/parts", { numbers: [3, 4] }],
  uploadedParts: [(g) => g.uploadedParts("u1"), "GET /uploads/u1/parts", null],
  file: [(g) => g.file("f1"), "GET /files/f1", null],
  changeFile: [(g) => g.changeFile("f1", { folder: "x" }), "PATCH /files/f1", { folder: "x" }],
  copyFile: [(g) => g.copyFile("f1", { name: "y" }), "POST /files/f1/copy", { name: "y" }],
  deleteFile: [(g) => g.deleteFile("f1"), "DELETE /files/f1", {}],
  restoreFile: [(g) => g.restoreFile("f1"), "POST /files/f1/restore", {}],
  trash: [(g) => g.trash({ cursor: "c1" }), "GET /trash?cursor=c1&limit=50", null],
  list: [
    (g) => g.list({ prefix: "IMG", sort: "-created", limit: 10 }),
    "GET /files?folder=&prefix=IMG&sort=-created&limit=10",
    null,
  ],
  signedUrl: [(g) => g.signedUrl("f1", { variant: "thumbnail" }), "POST /files/f1/signed-url", { variant: "thumbnail" }],
};

for (const [name, [act, line, content]] of Object.entries(CALLS)) {
  test(`${name} is ${line}`, async (t) => {
    const server = await serve(t, () => ({ json: { id: "1" } }));
    await act(client(server));
    const [{ method, path, headers, body }] = server.asked;
    assert.equal(`${method} ${path}`, line);
    assert.deepEqual(body.length ? JSON.parse(body) : null, content);
    assert.equal("idempotency-key" in headers, method !== "GET");
  });
}

test("files walks through every page", async (t) => {
  const pages = { "": [["a", "b"], "2"], 2: [["c"], "3"], 3: [[], null] };
  const server = await serve(t, ({ path }) => {
    const [names, next_cursor] = pages[new URL(path, "http://x").searchParams.get("cursor") ?? ""];
    return { json: { folders: [], files: names.map((name) => ({ name })), next_cursor } };
  });
  const names = [];
  for await (const { name } of client(server).files({ folder: "trip" })) names.push(name);
  assert.deepEqual(names, ["a", "b", "c"]);
});

test("what didn't change since its ETag isn't sent again", async (t) => {
  const server = await serve(t, ({ headers }) =>
    headers["if-none-match"] === '"v1"' ? { status: 304 } : { json: { files: [] }, headers: { ETag: '"v1"' } },
  );
  const page = await client(server).list();
  assert.equal(page.etag, '"v1"');
  assert.equal(await client(server).list({}, { etag: page.etag }), null);
});

test("a page without TLS has keys too", async (t) => {
  const real = Object.getOwnPropertyDescriptor(globalThis, "crypto");
  t.after(() => Object.defineProperty(globalThis, "crypto", real));
  Object.defineProperty(globalThis, "crypto", { value: undefined, configurable: true });
  const server = await serve(t, () => ({ json: {} }));
  const gatehouse = client(server);
  for (const path of ["a", "b", "c"]) await gatehouse.createFolder(path);
  const keys = server.asked.map(({ headers }) => headers["idempotency-key"]);
  assert.equal(new Set(keys).size, 3);
  assert.ok(keys.every((key) => /^[\w-]{20,255}$/.test(key)), keys.join());
});
