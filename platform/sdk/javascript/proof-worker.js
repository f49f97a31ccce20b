/** Looks for the number whose digest with the salt is the challenge (ALTCHA's protocol), away from the page's thread. */

const AT_ONCE = 256;
const encoder = new TextEncoder();
const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

async function search({ algorithm, challenge, salt, maxNumber }) {
  for (let start = 0; start <= maxNumber; start += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, maxNumber - start + 1) }, (_, i) => start + i);
    const digests = await Promise.all(numbers.map((number) => crypto.subtle.digest(algorithm, encoder.encode(salt + number))));
    const found = digests.findIndex((digest) => hex(digest) === challenge);
    if (found >= 0) return start + found;
  }
  return null;
}

globalThis.onmessage = async ({ data }) => globalThis.postMessage(await search(data));
