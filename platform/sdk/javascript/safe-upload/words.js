/** What the upload element says. Sizes and refusals read exactly as the server words them. */

import { figure, said } from "./language.js";

const UNITS = [
  [1e9, 1e6, "GB"],
  [1e6, 1e3, "MB"],
  [1e3, 1, "kB"],
];

/** `15 MB`, `1.5 GB`, `812 bytes`: the largest unit that the size reaches, one decimal at most. */
export function sizeWords(bytes) {
  for (const [unit, smaller, name] of UNITS) {
    if (bytes < unit - smaller / 20) continue;
    const value = Math.floor((bytes * 10) / unit + 0.5) / 10;
    return `${figure(value, { maximumFractionDigits: 1 })} ${name}`;
  }
  return exactly(bytes);
}

const exactly = (bytes) => (bytes === 1 ? said("1 byte") : said("{count} bytes", { count: figure(bytes) }));

/** What browsers declare when they don't know better; the name's extension then tells more. */
const VAGUE = new Set([
  "",
  "application/octet-stream",
  "binary/octet-stream",
  "application/vnd.ms-excel",
  "application/x-zip-compressed",
  "application/x-zip",
  "application/x-pdf",
  "application/csv",
  "image/jpg",
  "image/pjpeg",
  "image/heif",
]);

/** A file's type under the server's list; `accept` names each type followed by its extensions. */
export function typeOf(file, accept) {
  const declared = file.type.split(";", 1)[0].trim().toLowerCase();
  if (!VAGUE.has(declared)) return declared;
  const name = file.name.toLowerCase();
  let type = "";
  for (const part of accept.split(",")) {
    if (!part.startsWith(".")) type = part;
    else if (name.endsWith(part)) return type;
  }
  return declared;
}

/** Why a file can't be taken, known before anything is sent; null where it can. The server decides again. */
export function refusal(file, limits) {
  const { type_words: types, max_words: limit } = limits;
  const words = sizeWords(file.size);
  const facts = { name: file.name, types, limit, size: words === limit ? exactly(file.size) : words };
  const refused = (code, why, label) => ({ code, user_message: said(why, facts), remedy: { action: "choose_file", label: said(label) } });
  if (!file.size) return refused("FILE_EMPTY", "{name} is empty: it has 0 bytes.", "Choose another file");
  if (!limits.types.includes(typeOf(file, limits.accept)))
    return refused("FILE_TYPE_NOT_ALLOWED", "{name} can't be used here. The selected file must be {types}.", "Choose another file");
  if (file.size > limits.max_bytes)
    return refused("FILE_TOO_LARGE", "{name} is {size}. This app takes files up to {limit}.", "Choose a smaller file");
  return null;
}

/** `45 % · 43 of 101 MB · 8 s left`; the time only once there is enough to go by. */
export function progressWords(sent, total, elapsedMs) {
  const percent = Math.floor((sent * 100) / total);
  const left = Math.round(((total - sent) * elapsedMs) / Math.max(sent, 1) / 1000);
  const time = elapsedMs > 800 && left > 0 ? ` · ${said("{time} left", { time: timeWords(left) })}` : "";
  return `${percent} % · ${ofWords(sent, total)}${time}`;
}

/** `43 of 101 MB`: the unit once where both share it. */
function ofWords(sent, total) {
  const [done, all] = [sizeWords(sent), sizeWords(total)];
  const unit = all.slice(all.indexOf(" "));
  return said("{done} of {all}", { done: done.endsWith(unit) ? done.slice(0, -unit.length) : done, all });
}

const timeWords = (seconds) => (seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`);

/** What is said while the client waits before it tries again. */
export function waitWords(problem, seconds) {
  const again = seconds === 1 ? "We will try again in 1 second." : "We will try again in {seconds} seconds.";
  const why = problem.code === "RATE_LIMITED" ? "Many people are using this right now." : problem.user_message;
  return `${said(why)} ${said(again, { seconds })}`;
}
