/** Gatehouse and its storage in one server that takes files in parts, as the API's contract says. */

import { problem, serve } from "./server.js";

/**
 * @param {{partSize?: number, signedAtOnce?: number, refuses?: boolean, forms?: boolean,
 *   storage?: (part: {number: number, signature: string}, earlier: number) => object | null}} behaviour
 *   `refuses`: an older server that knows no parts; `forms`: one that answers with a form
 */
export async function bucket(t, { partSize = 10, signedAtOnce = 100, refuses, forms, storage = () => null } = {}) {
  const world = { parts: new Map(), state: "started", signed: [], announced: [], starts: 0 };
  let url = "";
  const sign = (number) => {
    world.signed.push(number);
    return { number, url: `${url}/bucket/${number}?signature=${world.signed.length}` };
  };
  const started = ({ size, multipart }) => {
    world.starts += 1;
    world.count = Math.ceil(size / partSize);
    const form = { method: "POST", url: `${url}/form`, fields: { key: "k" } };
    const numbers = Array.from({ length: Math.min(world.count, signedAtOnce) }, (_, index) => index + 1);
    const plan = () => ({ method: "PUT", part_size: partSize, part_count: world.count, parts: numbers.map(sign) });
    return { status: 201, json: { id: "u1", state: "started", upload: multipart && !forms ? plan() : form } };
  };
  const upload = () => ({ json: { id: "u1", state: world.state } });
  const move = (state) => ((world.state = state), upload());
  const routes = {
    "POST /uploads": ({ body }) => {
      const wish = JSON.parse(body);
      world.announced.push(wish);
      return refuses && wish.multipart ? problem(422, "VALIDATION") : started(wish);
    },
    "POST /uploads/u1/parts": ({ body }) => ({ json: { parts: JSON.parse(body).numbers.map(sign) } }),
    "GET /uploads/u1/parts": () => ({
      json: { parts: [...world.parts].map(([number, bytes]) => ({ number, size: bytes.length, etag: `"${number}"` })) },
    }),
    "GET /uploads/u1": upload,
    "POST /uploads/u1/complete": () => move("received"),
    "POST /uploads/u1/abort": () => move("aborted"),
    "POST /form": () => ({ status: 204 }),
  };
  const attempts = new Map();
  const server = await serve(t, (request) => {
    const found = /^\/bucket\/(\d+)\?signature=(\d+)$/.exec(request.path);
    if (!found) return (routes[`${request.method} ${request.path}`] ?? (() => problem(404, "NOT_FOUND")))(request);
    const [number, signature] = [Number(found[1]), Number(found[2])];
    const earlier = attempts.get(number) ?? 0;
    attempts.set(number, earlier + 1);
    const answer = storage({ number, signature }, earlier);
    if (answer) return answer;
    world.parts.set(number, request.body);
    return { headers: { ETag: `"${number}"` } };
  });
  url = server.url;
  world.stored = () => Buffer.concat([...world.parts].sort(([a], [b]) => a - b).map(([, bytes]) => bytes));
  return { server, world };
}
