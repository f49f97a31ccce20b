/** The upload box in the language of the page: no word is missing, and none is left over. */

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import test from "node:test";

import { WORDS } from "../../platform/sdk/javascript/safe-upload/german.js";
import { said, speakAsAround } from "../../platform/sdk/javascript/safe-upload/language.js";
import { progressWords, refusal, sizeWords, waitWords } from "../../platform/sdk/javascript/safe-upload/words.js";

const HOME = new URL("../../platform/sdk/javascript/", import.meta.url);
const around = (lang) => ({ closest: () => ({ lang }) });
const holes = (words) => [...words.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort();

async function sources() {
  const boxes = (await readdir(new URL("safe-upload/", HOME))).filter((name) => !/german|language/.test(name));
  const names = [...boxes.map((name) => `safe-upload/${name}`), "safe-upload.js", "problems.js", "proof.js"];
  return (await Promise.all(names.map((name) => readFile(new URL(name, HOME), "utf8")))).join("\n");
}

test("what is said has a German word with the same holes", async () => {
  const asked = [...(await sources()).matchAll(/\bsaid\(\s*"([^"]+)"/g)].map(([, words]) => words);
  assert.ok(asked.length > 25);
  for (const words of asked) assert.ok(WORDS[words], words);
  for (const [words, german] of Object.entries(WORDS)) assert.deepEqual(holes(german), holes(words), words);
});

test("no German word outlives what it says", async () => {
  const text = await sources();
  for (const words of Object.keys(WORDS)) assert.ok(text.includes(`"${words}"`), words);
});

test("a page in German is answered in German, with German numbers", async () => {
  await speakAsAround(around("de-AT"));
  const limits = { max_bytes: 15e6, max_words: "15 MB", types: ["image/jpeg"], type_words: "ein JPG-Foto", accept: "image/jpeg,.jpg" };
  assert.equal(refusal({ name: "a.jpg", type: "image/jpeg", size: 212_300_000 }, limits).user_message, "a.jpg hat 212,3 MB. Diese App nimmt Dateien bis 15 MB.");
  assert.equal(sizeWords(1_500_000_000), "1,5 GB");
  assert.equal(progressWords(43e6, 101e6, 6000), "42 % · 43 von 101 MB · noch 8 s");
  assert.equal(waitWords({ code: "RATE_LIMITED" }, 1), "Gerade nutzen das viele. Wir versuchen es in 1 Sekunde noch einmal.");
});

test("a language without a dictionary is answered in English, and a server's own words stay", async () => {
  await speakAsAround(around("fr"));
  assert.equal(said("Choose files"), "Choose files");
  await speakAsAround(around("de"));
  assert.equal(said("Der Server sagt es selbst {so}."), "Der Server sagt es selbst {so}.");
  await speakAsAround(around("en"));
  assert.equal(said("Choose files"), "Choose files");
});
