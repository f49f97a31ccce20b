import assert from "node:assert/strict";
import test from "node:test";

import { Gatehouse, sessionTokens } from "../../platform/sdk/javascript/gatehouse.js";
import { problem, serve } from "./server.js";

const issue = (count, lives = 300) => ({ json: { access_token: `token-${count}`, token_type: "Bearer", expires_in: lives } });
const source = (server) =>
  sessionTokens({ tokenUrl: `${server.url}/oauth/token`, app: "app_1", csrfToken: "proof", delaysMs: [0, 0] });
const exchanges = (server) => server.asked.filter(({ path }) => path === "/oauth/token");

test("the session is exchanged as RFC 8693 words it", async (t) => {
  const server = await serve(t, () => issue(1));
  assert.equal(await source(server)(), "token-1");
  assert.deepEqual(Object.fromEntries(new URLSearchParams(server.asked[0].body.toString())), {
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: "proof",
    subject_token_type: "urn:gatehouse:params:oauth:token-type:session",
    audience: "app_1",
    scope: "files:write files:list",
  });
});

test("one token serves many calls", async (t) => {
  const server = await serve(t, (_request, earlier) => issue(earlier));
  const tokens = source(server);
  const held = [await tokens(), ...(await Promise.all([tokens(), tokens()]))];
  assert.deepEqual(new Set(held), new Set(["token-0"]));
  assert.equal(server.asked.length, 1);
});

test("callers who come together share one exchange", async (t) => {
  const server = await serve(t, (_request, earlier) => issue(earlier));
  const tokens = source(server);
  await Promise.all([tokens(), tokens(), tokens()]);
  assert.equal(server.asked.length, 1);
});

test("a token near its end is replaced before it is used", async (t) => {
  const server = await serve(t, (_request, earlier) => issue(earlier, 10));
  const tokens = source(server);
  assert.equal(await tokens(), "token-0");
  assert.equal(await tokens(), "token-1");
});

test("an exchange that failed is not remembered", async (t) => {
  const refusal = { status: 403, json: { error: "consent_required", user_message: "You have not agreed yet." } };
  const server = await serve(t, (_request, earlier) => (earlier ? issue(earlier) : refusal));
  const tokens = source(server);
  await assert.rejects(tokens(), { code: "CONSENT_REQUIRED", message: "You have not agreed yet." });
  assert.equal(await tokens(), "token-1");
});

/** An API that turns down the tokens before `good`. */
const strict = (good) => (request, earlier) => {
  if (request.path === "/oauth/token") return issue(earlier);
  return request.headers.authorization === `Bearer token-${good}` ? { json: { state: "available" } } : problem(401, "KEY_EXPIRED");
};

test("401 refreshes the token once and repeats the call", async (t) => {
  const server = await serve(t, strict(1));
  const gatehouse = new Gatehouse({ api: server.url, tokens: source(server) });
  assert.equal((await gatehouse.uploadState("u1")).state, "available");
  assert.equal(exchanges(server).length, 2);
});

test("a second 401 is told, not retried", async (t) => {
  const server = await serve(t, strict("never"));
  const gatehouse = new Gatehouse({ api: server.url, tokens: source(server) });
  await assert.rejects(gatehouse.uploadState("u1"), { status: 401, code: "KEY_EXPIRED" });
  assert.equal(exchanges(server).length, 2);
  assert.equal(server.asked.length, 4);
});

test("many calls with one refused token refresh it once", async (t) => {
  const server = await serve(t, strict(1));
  const gatehouse = new Gatehouse({ api: server.url, tokens: source(server) });
  await gatehouse.uploadState("u0");
  await Promise.all(["u1", "u2", "u3"].map((id) => gatehouse.uploadState(id)));
  assert.equal(exchanges(server).length, 2);
});

test("the token goes into the header alone", async (t) => {
  const server = await serve(t, strict(0));
  await new Gatehouse({ api: server.url, tokens: source(server) }).list({ folder: "a b" });
  const { path, headers } = server.asked.at(-1);
  assert.equal(path, "/files?folder=a+b&limit=50");
  assert.equal(headers.authorization, "Bearer token-0");
});

test("a bare callback is asked once, however many calls there are, until its token is refused", async (t) => {
  let asked = 0;
  const tokens = async () => `token-${asked++}`;
  const server = await serve(t, strict(1));
  const gatehouse = new Gatehouse({ api: server.url, tokens });
  await Promise.all(["u1", "u2", "u3"].map((id) => gatehouse.uploadState(id)));
  await gatehouse.uploadState("u4");
  assert.equal(asked, 2);
});

test("a callback may answer with the token answer; the token is then replaced before it ends", async (t) => {
  let asked = 0;
  const server = await serve(t, () => ({ json: {} }));
  const gatehouse = new Gatehouse({ api: server.url, tokens: () => ({ access_token: `token-${asked++}`, expires_in: 10 }) });
  await gatehouse.uploadState("u1");
  await gatehouse.uploadState("u2");
  assert.deepEqual(server.asked.map(({ headers }) => headers.authorization), ["Bearer token-0", "Bearer token-1"]);
});

test("waiting for a token can be cancelled, without ending it for others", async (t) => {
  const server = await serve(t, () => ({ json: { id: "u2" } }));
  let give;
  const gatehouse = new Gatehouse({ api: server.url, tokens: () => new Promise((resolve) => (give = resolve)) });
  const cancel = new AbortController();
  const cancelled = gatehouse.uploadState("u1", { signal: cancel.signal });
  const other = gatehouse.uploadState("u2");
  cancel.abort();
  await assert.rejects(cancelled, { name: "AbortError" });
  give("token");
  assert.equal((await other).id, "u2");
});
