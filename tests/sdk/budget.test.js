/** What a page loads for the upload box stays small. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { gzipSync } from "node:zlib";

const HOME = new URL("../../platform/sdk/javascript/", import.meta.url);

/** A module and all that it imports at once; what it imports later is left out. */
async function loaded(name, found = new Map()) {
  const url = new URL(name, HOME);
  if (found.has(url.href)) return found;
  const text = await readFile(url, "utf8");
  found.set(url.href, text);
  for (const [, path] of text.matchAll(/^(?:(?:import|export)\b[^;]*?from|import) "(\.[^"]+)";/gm))
    await loaded(new URL(path, url).href, found);
  return found;
}

const weight = (texts) => gzipSync([...texts].join(""), { level: 9 }).length;

test("the upload box with its client is at most 15 kB, compressed as one", async () => {
  const bytes = weight((await loaded("safe-upload.js")).values());
  assert.ok(bytes <= 15_000, `${bytes} bytes`);
});

test("file by file, as a page without a bundler loads it, it is at most 20 kB", async () => {
  const files = [...(await loaded("safe-upload.js")).values()];
  const bytes = files.reduce((sum, text) => sum + weight([text]), 0);
  assert.ok(bytes <= 20_000, `${bytes} bytes in ${files.length} files`);
});

test("parts and batches are loaded with the first file or call that needs them", async () => {
  const modules = [...(await loaded("gatehouse.js")).keys()].join();
  assert.ok(!/multipart|batches/.test(modules), modules);
});

test("nothing comes from anywhere else", async () => {
  const imports = /^(?:(?:import|export)\b[^;]*?from|import) "([^"]+)";|import\("([^"]+)"\)/gm;
  for (const [module, text] of await loaded("embed.js"))
    for (const [, now, later] of text.matchAll(imports)) assert.match(now ?? later, /^\.{1,2}\//, module);
});
