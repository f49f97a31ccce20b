/** Keeps what the SDK really sends, so that the code beside an answer is the call and not a picture of it. */

export const recorded = [];

const send = globalThis.fetch;

globalThis.fetch = async function record(url, init = {}) {
  const address = new URL(url, location.href);
  if (!address.pathname.startsWith("/api/")) return send(url, init);
  const call = { method: init.method ?? "GET", address, headers: { ...init.headers }, body: init.body ?? "", answer: null };
  recorded.push(call);
  const response = await send(url, init);
  call.answer = { status: response.status, reason: response.statusText, headers: [...response.headers], body: await response.clone().text() };
  return response;
};
