/** Calls as text: HTTP as it went over the wire, and the same by curl and by the SDKs. The key is never printed. */

const HIDDEN = "Bearer $TOKEN";
const pretty = (text) => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};
const headersOf = ({ headers }) => ({ ...headers, ...(headers.Authorization ? { Authorization: HIDDEN } : {}) });
const lines = (headers) => Object.entries(headers).map(([name, value]) => `${name}: ${value}`);

export function asHttp(call) {
  const asked = [`${call.method} ${call.address.pathname}${call.address.search} HTTP/1.1`, `Host: ${call.address.host}`, ...lines(headersOf(call))];
  const request = [...asked, "", call.body].join("\n").trimEnd();
  if (!call.answer) return request;
  const { status, reason, headers, body } = call.answer;
  const told = [`HTTP/1.1 ${status} ${reason}`.trimEnd(), ...headers.map(([name, value]) => `${name}: ${value}`)];
  return `${request}\n\n${told.join("\n")}\n\n${pretty(body)}`.trimEnd();
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

export function asCurl(call) {
  const headers = lines(headersOf(call)).map((line) => (line.includes(HIDDEN) ? `-H "${line}"` : `-H ${quoted(line)}`));
  const method = call.method === "GET" ? [] : [`-X ${call.method}`];
  const body = call.body ? [`--data ${quoted(call.body)}`] : [];
  const form = formOf(call);
  return [["curl", ...method, quoted(call.address.href), ...headers, ...body].join(" \\\n  "), ...form].join("\n\n");
}

/** An answer that holds a form is followed by the file, which goes straight to storage. */
function formOf({ answer }) {
  const form = answer?.status === 201 ? JSON.parse(answer.body).upload : null;
  if (!form?.fields) return [];
  const fields = Object.entries(form.fields).map(([name, value]) => `-F ${quoted(`${name}=${value}`)}`);
  return [["curl", quoted(form.url), ...fields, "-F 'file=@YOUR-FILE'"].join(" \\\n  ")];
}

const JS = {
  list: ({ folder, limit }) => `await gatehouse.list({ folder: ${JSON.stringify(folder)}, limit: ${Number(limit) || 10} })`,
  upload: ({ path }) => `await gatehouse.upload(file, { path: ${JSON.stringify(path)} })`,
  getSignedUrl: ({ id }) => `await gatehouse.signedUrl(${JSON.stringify(id)})`,
  createFolder: ({ path }) => `await gatehouse.createFolder(${JSON.stringify(path)})`,
};

export function asJavaScript({ name, answers, api }) {
  if (!JS[name]) return "";
  const sdk = new URL("/static/sdk/gatehouse.js", api).href;
  return `import { Gatehouse } from "${sdk}";
const gatehouse = new Gatehouse({ api: "${api}", tokens: fetchToken });
${JS[name](answers)};`;
}

const PYTHON = {
  list: ({ folder, limit }) => `gatehouse.page(folder=${JSON.stringify(folder)}, limit=${Number(limit) || 10})`,
  upload: ({ path }) => `gatehouse.upload("YOUR-FILE", path=${JSON.stringify(path)})`,
  getSignedUrl: ({ id }) => `gatehouse.signed_url(${JSON.stringify(id)})`,
  createFolder: ({ path }) => `gatehouse.create_folder(${JSON.stringify(path)})`,
};

export function asPython({ name, answers, api }) {
  if (!PYTHON[name]) return "";
  return `from gatehouse import Gatehouse

with Gatehouse("${api}", tokens=fetch_token) as gatehouse:
    ${PYTHON[name](answers)}`;
}
