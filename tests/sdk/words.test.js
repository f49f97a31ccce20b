import assert from "node:assert/strict";
import test from "node:test";

import { progressWords, refusal, sizeWords, typeOf, waitWords } from "../../platform/sdk/javascript/safe-upload/words.js";

const limits = {
  max_bytes: 15_000_000,
  max_words: "15 MB",
  types: ["image/jpeg", "image/heic", "text/csv"],
  type_words: "a JPG or HEIC photo",
  accept: "image/jpeg,.jpg,.jpeg,image/heic,.heic,.heif,text/csv,.csv",
};
const file = (name, type, size) => ({ name, type, size });

test("sizes read as the server words them", () => {
  const words = { 1: "1 byte", 812: "812 bytes", 1000: "1 kB", 15_000_000: "15 MB", 1_500_000_000: "1.5 GB", 212_300_000: "212.3 MB", 999_960: "1 MB", 1_950: "2 kB", 950_000_000: "950 MB" };
  for (const [bytes, expected] of Object.entries(words)) assert.equal(sizeWords(Number(bytes)), expected);
});

test("what may come in is not refused", () => {
  assert.equal(refusal(file("a.jpg", "image/jpeg", 15_000_000), limits), null);
});

test("an empty file is refused with its number", () => {
  assert.equal(refusal(file("a.jpg", "image/jpeg", 0), limits).user_message, "a.jpg is empty: it has 0 bytes.");
});

test("a wrong type is refused with what is taken", () => {
  const { code, user_message } = refusal(file("a.pdf", "application/pdf", 5), limits);
  assert.equal(code, "FILE_TYPE_NOT_ALLOWED");
  assert.equal(user_message, "a.pdf can't be used here. The selected file must be a JPG or HEIC photo.");
});

test("a large file is refused with both numbers, to the byte where rounding hides the difference", () => {
  const words = (size) => refusal(file("Holiday.jpg", "image/jpeg", size), limits).user_message;
  assert.equal(words(212_000_000), "Holiday.jpg is 212 MB. This app takes files up to 15 MB.");
  assert.equal(words(15_000_001), "Holiday.jpg is 15,000,001 bytes. This app takes files up to 15 MB.");
});

test("a name tells the type where the browser doesn't know it", () => {
  assert.equal(typeOf(file("IMG_1.HEIC", "", 5), limits.accept), "image/heic");
  assert.equal(typeOf(file("table.csv", "application/vnd.ms-excel", 5), limits.accept), "text/csv");
  assert.equal(typeOf(file("a.exe", "", 5), limits.accept), "");
});

test("a name never overrules a type that the browser knows", () => {
  assert.equal(typeOf(file("a.jpg", "application/pdf", 5), limits.accept), "application/pdf");
});

test("progress says percent, amount and time, the time once it can be known", () => {
  assert.equal(progressWords(45_000_000, 101_000_000, 6_000), "44 % · 45 of 101 MB · 7 s left");
  assert.equal(progressWords(500_000, 101_000_000, 100), "0 % · 500 kB of 101 MB");
  assert.equal(progressWords(5, 5, 9_000), "100 % · 5 of 5 bytes");
});

test("a wait says what happened and how long it still takes", () => {
  assert.equal(
    waitWords({ code: "RATE_LIMITED" }, 12),
    "Many people are using this right now. We will try again in 12 seconds.",
  );
  assert.match(waitWords({ code: "STORAGE_UNAVAILABLE", user_message: "It broke." }, 1), /^It broke. We will try again in 1 second.$/);
});
