/** A real HTTP server that answers as a script says and remembers what it was asked. */

import { createServer } from "node:http";

/**
 * @param {(request: {method: string, path: string, headers: object, body: Buffer}, earlier: number) => Answer} script
 *   `earlier` counts the requests that had the same method and path before
 * @typedef {{status?: number, headers?: object, json?: object, text?: string, hangUp?: boolean, silent?: boolean, torn?: boolean}} Answer
 */
export async function serve(t, script) {
  const asked = [];
  const server = createServer(async (message, answer) => {
    const chunks = [];
    for await (const chunk of message) chunks.push(chunk);
    const request = { method: message.method, path: message.url, headers: message.headers, body: Buffer.concat(chunks) };
    const earlier = asked.filter(({ method, path }) => method === request.method && path === request.path).length;
    asked.push({ ...request, at: performance.now() });
    const { status = 200, headers = {}, json, text, hangUp, silent, torn } = script(request, earlier);
    if (silent) return;
    if (hangUp) return message.socket.destroy();
    if (torn) return (answer.writeHead(200, { "Content-Length": 100 }), answer.write("{"), setImmediate(() => message.socket.destroy()));
    answer.writeHead(status, { ...(json && { "Content-Type": "application/json" }), ...headers });
    answer.end(json ? JSON.stringify(json) : text);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  t.after(() => new Promise((closed) => (server.close(closed), server.closeAllConnections())));
  return { url: `http://127.0.0.1:${server.address().port}`, asked };
}

export const problem = (status, code, more = {}) => ({
  status,
  headers: { "Content-Type": "application/problem+json" },
  text: JSON.stringify({ status, code, user_message: `Words for ${code}.`, ...more }),
});
