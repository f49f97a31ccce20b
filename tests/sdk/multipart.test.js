import assert from "node:assert/strict";
import test from "node:test";

import { Gatehouse } from "../../platform/sdk/javascript/gatehouse.js";
import { bucket } from "./bucket.js";
import { HttpRequest } from "./request.js";

const bytes = (length) => Uint8Array.from({ length }, (_, index) => index % 251);
const film = (length = 95, lastModified = 1) => new File([bytes(length)], "film.mp4", { type: "video/mp4", lastModified });
const client = (server, more) =>
  new Gatehouse({ api: server.url, tokens: async () => "secret-token", delaysMs: [0, 1, 1, 1, 1, 1], partsAbove: 50, ...more });
const denied = { status: 403, text: "<Error><Code>AccessDenied</Code></Error>" };
const broken = { status: 400, text: "<Error><Code>InvalidRequest</Code></Error>" };
const sentParts = (server) => server.asked.filter(({ method }) => method === "PUT").length;

/** Runs a test once as in a browser and once as where there is no XMLHttpRequest. */
function everywhere(name, run) {
  test(`${name} (fetch)`, run);
  test(`${name} (XMLHttpRequest)`, async (t) => {
    globalThis.XMLHttpRequest = HttpRequest;
    t.after(() => delete globalThis.XMLHttpRequest);
    await run(t);
  });
}

everywhere("a large file arrives in parts, byte for byte", async (t) => {
  const { server, world } = await bucket(t);
  assert.equal((await client(server).upload(film())).state, "received");
  assert.deepEqual(world.stored(), Buffer.from(bytes(95)));
  assert.deepEqual([...world.parts.keys()].sort((a, b) => a - b), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.equal(world.announced[0].multipart, true);
});

test("a file of at most the threshold goes through the form", async (t) => {
  const { server, world } = await bucket(t);
  await client(server).upload(film(50));
  assert.equal(world.announced[0].multipart, undefined);
  assert.equal(sentParts(server), 0);
});

test("a server that knows no parts gets the form, and isn't asked for parts again", async (t) => {
  const { server, world } = await bucket(t, { refuses: true });
  const gatehouse = client(server);
  assert.equal((await gatehouse.upload(film())).state, "received");
  await gatehouse.upload(film());
  assert.deepEqual(world.announced.map(({ multipart }) => multipart), [true, undefined, undefined]);
});

test("a server that answers the wish for parts with a form gets the form", async (t) => {
  const { server } = await bucket(t, { forms: true });
  assert.equal((await client(server).upload(film())).state, "received");
  assert.equal(server.asked.filter(({ path }) => path === "/form").length, 1);
});

everywhere("progress counts the bytes of all parts and ends with all", async (t) => {
  const { server } = await bucket(t);
  const seen = [];
  await client(server).upload(film(), { onProgress: (sent, total) => seen.push([sent, total]) });
  assert.deepEqual(seen[0], [0, 95]);
  assert.deepEqual(seen.at(-1), [95, 95]);
  assert.ok(seen.every(([sent], index) => index === 0 || sent >= seen[index - 1][0]));
});

test("no more parts are under way than were asked for, and no fewer", async (t) => {
  const { server } = await bucket(t, { partSize: 5 });
  let most = 0;
  let open = 0;
  const real = globalThis.fetch;
  t.after(() => (globalThis.fetch = real));
  globalThis.fetch = async (url, init) => {
    const counts = init.method === "PUT";
    if (counts) most = Math.max(most, (open += 1));
    return real(url, init).finally(() => counts && (open -= 1));
  };
  await client(server).upload(film(), { parallel: 3 });
  assert.equal(most, 3);
});

everywhere("a part that stumbles is sent again, by itself, with a fresh signature", async (t) => {
  const troubles = [{ status: 503 }, { hangUp: true }, denied];
  const used = [];
  const { server, world } = await bucket(t, {
    storage: ({ number, signature }, earlier) => {
      if (number === 4) used.push(signature);
      return number === 4 ? (troubles[earlier] ?? null) : null;
    },
  });
  await client(server).upload(film());
  assert.deepEqual(world.stored(), Buffer.from(bytes(95)));
  assert.equal(sentParts(server), 13);
  assert.equal(new Set(used).size, 4);
});

test("a part that storage keeps refusing is told after one fresh signature", async (t) => {
  const { server } = await bucket(t, { storage: ({ number }) => (number === 2 ? denied : null) });
  await assert.rejects(client(server).upload(film()), { code: "KEY_EXPIRED", status: 403 });
  assert.equal(server.asked.filter(({ path }) => path.startsWith("/bucket/2?")).length, 2);
});

test("parts beyond those that came signed are signed when their turn comes", async (t) => {
  const { server, world } = await bucket(t, { partSize: 1, signedAtOnce: 4 });
  await client(server).upload(film(95));
  assert.equal(world.parts.size, 95);
  assert.equal(new Set(world.signed).size, world.signed.length, "nothing is signed twice");
  const calls = server.asked.filter(({ path }) => path === "/uploads/u1/parts").length;
  assert.ok(calls <= 5, `${calls} calls signed 91 parts`);
});

test("after a failure the next try sends only what storage doesn't hold", async (t) => {
  let down = true;
  const { server, world } = await bucket(t, { storage: ({ number }) => (down && number === 7 ? broken : null) });
  const gatehouse = client(server);
  await assert.rejects(gatehouse.upload(film(), { parallel: 1 }), { status: 400 });
  assert.equal(world.parts.size, 6);
  down = false;
  const seen = [];
  assert.equal((await gatehouse.upload(film(), { onProgress: (sent) => seen.push(sent) })).state, "received");
  assert.equal(seen[0], 60);
  assert.equal(sentParts(server), 6 + 1 + 4);
  assert.equal(world.starts, 1);
  assert.deepEqual(world.stored(), Buffer.from(bytes(95)));
});

test("a part of which storage holds too little is sent again", async (t) => {
  let down = true;
  const { server, world } = await bucket(t, { storage: ({ number }) => (down && number === 7 ? broken : null) });
  const gatehouse = client(server);
  await assert.rejects(gatehouse.upload(film(), { parallel: 1 }));
  world.parts.set(3, Buffer.from("half"));
  down = false;
  await gatehouse.upload(film());
  assert.deepEqual(world.stored(), Buffer.from(bytes(95)));
});

test("another file of the same name starts anew", async (t) => {
  let down = true;
  const { server, world } = await bucket(t, { storage: ({ number }) => (down && number === 7 ? broken : null) });
  const gatehouse = client(server);
  await assert.rejects(gatehouse.upload(film(95, 1), { parallel: 1 }));
  down = false;
  await gatehouse.upload(film(95, 2));
  assert.equal(world.starts, 2);
});

for (const [ended, starts] of Object.entries({ aborted: 2, expired: 2, rejected: 2, received: 1, scanning: 1, available: 1 })) {
  test(`an upload that is ${ended} meanwhile is ${starts === 2 ? "begun anew" : "taken as it stands"}`, async (t) => {
    let down = true;
    const { server, world } = await bucket(t, { storage: ({ number }) => (down && number === 7 ? broken : null) });
    const gatehouse = client(server);
    await assert.rejects(gatehouse.upload(film(), { parallel: 1 }));
    [down, world.state] = [false, ended];
    await gatehouse.upload(film());
    assert.equal(world.starts, starts);
  });
}

test("a store of one's own lets another client go on, and never sees a token or a signed address", async (t) => {
  let down = true;
  const { server, world } = await bucket(t, { storage: ({ number }) => (down && number === 7 ? broken : null) });
  const kept = new Map();
  const resumeStore = {
    get: async (key) => JSON.parse(kept.get(key) ?? "null"),
    set: async (key, state) => kept.set(key, JSON.stringify(state)),
    delete: async (key) => kept.delete(key),
  };
  await assert.rejects(client(server, { resumeStore }).upload(film(), { parallel: 1 }));
  const written = JSON.stringify([...kept]);
  assert.ok(written.includes("u1") && !/secret-token|signature|https?:/.test(written), written);
  down = false;
  await client(server, { resumeStore }).upload(film());
  assert.equal(world.starts, 1);
  assert.equal(kept.size, 0);
});

test("bytes without a date are not gone on with, unless the caller names them", async (t) => {
  let down = true;
  const { server, world } = await bucket(t, { storage: ({ number }) => (down && number === 7 ? broken : null) });
  const gatehouse = client(server);
  const blob = new Blob([bytes(95)]);
  await assert.rejects(gatehouse.upload(blob, { path: "a.bin", parallel: 1 }));
  assert.equal(world.state, "aborted");
  world.state = "started";
  await assert.rejects(gatehouse.upload(blob, { path: "a.bin", parallel: 1, resumeKey: "mine" }));
  down = false;
  await gatehouse.upload(blob, { path: "a.bin", resumeKey: "mine" });
  assert.equal(world.starts, 2);
});

everywhere("cancelling stops the parts and gives the space back", async (t) => {
  const cancel = new AbortController();
  const { server, world } = await bucket(t, { storage: ({ number }) => (number === 5 ? (cancel.abort(), { status: 503 }) : null) });
  await assert.rejects(client(server).upload(film(), { signal: cancel.signal, parallel: 1 }), { name: "AbortError" });
  assert.equal(world.state, "aborted");
  assert.equal(sentParts(server), 5);
});

test("a pause is a cancelling that keeps what arrived", async (t) => {
  const pause = new AbortController();
  const { server, world } = await bucket(t, {
    storage: ({ number }, earlier) => (number === 5 && !earlier ? (pause.abort(), { status: 503 }) : null),
  });
  const gatehouse = client(server);
  const call = gatehouse.upload(film(), { signal: pause.signal, parallel: 1, keepOnAbort: true });
  await assert.rejects(call, { name: "AbortError" });
  assert.equal(world.state, "started");
  await gatehouse.upload(film());
  assert.equal(world.starts, 1);
  assert.equal(sentParts(server), 5 + 6);
});

test("one part that fails for good stops the others", async (t) => {
  const { server } = await bucket(t, { partSize: 1, storage: ({ number }) => (number === 3 ? broken : null) });
  await assert.rejects(client(server).upload(film()), { status: 400 });
  const before = sentParts(server);
  assert.ok(before < 20, `${before} parts were sent`);
});
