import assert from "node:assert/strict";
import test from "node:test";

import { Gatehouse, GatehouseProblem } from "../../platform/sdk/javascript/gatehouse.js";
import { serve } from "./server.js";

const failing = async (t, answer) => {
  const server = await serve(t, () => answer);
  const gatehouse = new Gatehouse({ api: server.url, tokens: async () => "token", delaysMs: [] });
  return gatehouse.createFolder("photos").then(
    () => assert.fail("the call should have failed"),
    (error) => error,
  );
};

test("a problem carries everything that the server said", async (t) => {
  const content = {
    code: "FILE_TOO_LARGE",
    user_message: "Holiday.mov is 212 MB. This app takes files up to 15 MB.",
    remedy: { who: "you", action: "choose_file", label: "Choose a smaller file", href: "" },
    errors: [{ pointer: "/size", detail: "too large" }],
    request_id: "r1",
    retryable: false,
    retry_after_s: null,
  };
  const error = await failing(t, { status: 413, json: content });
  assert.ok(error instanceof GatehouseProblem && error instanceof Error);
  assert.equal(error.status, 413);
  assert.equal(error.message, content.user_message);
  for (const [name, value] of Object.entries(content)) assert.deepEqual(error[name], value, name);
});

test("an answer that is no problem document is still told in words", async (t) => {
  const error = await failing(t, { status: 502, text: "<html>Bad gateway</html>" });
  assert.equal(error.code, "INTERNAL");
  assert.equal(error.retryable, true);
  assert.match(error.user_message, /problem with the service/);
});

test("OAuth's own errors get a code of the catalogue", () => {
  const code = (error) => new GatehouseProblem({ error }).code;
  assert.equal(code("consent_required"), "CONSENT_REQUIRED");
  assert.equal(code("invalid_scope"), "SCOPE_NOT_GRANTED");
  assert.equal(code("login_required"), "KEY_MISSING");
  assert.equal(code("something_new"), "INTERNAL");
});

test("the server's own code wins over OAuth's name", () => {
  assert.equal(new GatehouseProblem({ error: "consent_required", code: "APP_PAUSED" }).code, "APP_PAUSED");
});

test("a success that is no JSON, as a hotel's Wi-Fi gives, is a problem in words", async (t) => {
  const error = await failing(t, { status: 200, text: "<html>Welcome</html>" });
  assert.ok(error instanceof GatehouseProblem);
  assert.match(error.user_message, /problem with the service/);
});

test("a success without content is none", async (t) => {
  const server = await serve(t, () => ({ status: 204 }));
  const gatehouse = new Gatehouse({ api: server.url, tokens: async () => "token" });
  assert.equal(await gatehouse.deleteFolder("d1"), null);
});
