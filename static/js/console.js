/** The console: form → call → run through the SDK, with the exact calls beside the answer. */

import { Gatehouse, GatehouseProblem } from "../sdk/gatehouse.js";
import { keepAnswer } from "../sdk/safe-upload/consent.js";
import { asCurl, asHttp, asJavaScript, asPython } from "./console-code.js";
import { Key } from "./console-key.js";
import { recorded } from "./console-record.js";
import { sampleFile } from "./console-sample.js";

const $ = (id) => document.getElementById(id);
const place = $("console");
const words = $("words").dataset;
const csrf = document.querySelector('meta[name="csrf-token"]').content;
const key = new Key(place.dataset, csrf, $);
const api = `${location.origin}/api/v1`;
const gatehouse = new Gatehouse({ api, tokens: () => key.value(), delaysMs: [] });

const RUN = {
  list: ({ folder, limit }) => gatehouse.list({ folder, limit: Number(limit) || 10 }),
  upload: async (answers) => {
    const { path, file } = answers;
    const sent = file?.size ? file : await sampleFile(place.dataset.types.split(" "));
    answers.path = path.endsWith("/") || !path ? path + sent.name : path;
    const arrived = await gatehouse.upload(sent, { path: answers.path });
    follow(arrived.id);
    return arrived;
  },
  getSignedUrl: ({ id }) => gatehouse.signedUrl(id),
  createFolder: ({ path }) => gatehouse.createFolder(path),
};

function say(text, tone = "") {
  $("outcome").textContent = text;
  $("outcome").className = `note ${tone}`;
  $("said").textContent = text;
}

/** Tells when a sent file was found safe, or what was wrong with it. */
async function follow(id) {
  const { state, problem } = await gatehouse.settled(id).catch((error) => ({ problem: error }));
  if (state === "available") say(words.safe, "good");
  else if (problem) tell(new GatehouseProblem(problem));
}

function tell(problem) {
  say(problem.message, "bad");
  if (problem.code.startsWith("CONSENT_")) $("agree").hidden = false;
  const help = Object.assign(document.createElement("a"), { href: `/help/errors/${problem.code}/`, textContent: words.help });
  $("outcome").append(" ", help);
}

function show(name, answers, calls) {
  const shown = { name, answers, calls, api, prefix: place.dataset.prefix };
  $("code-http").textContent = calls.map(asHttp).join("\n\n");
  $("code-curl").textContent = calls.map(asCurl).join("\n\n");
  $("code-js").textContent = asJavaScript(shown);
  $("code-python").textContent = asPython(shown);
  $("codes").hidden = !calls.length;
}

/** Files that were listed can be opened. */
function offerFiles({ files }) {
  for (const select of document.querySelectorAll("[data-filed]")) {
    const options = files.map(({ id, name }) => new Option(name, id));
    select.replaceChildren(...(options.length ? options : [new Option(words.none, "")]));
  }
}

async function run() {
  const answers = Object.fromEntries(new FormData($("call")));
  const button = $("call").querySelector("[type=submit]");
  button.disabled = true;
  $("agree").hidden = true;
  $("answer").hidden = false;
  say(words.running);
  recorded.length = 0;
  try {
    const answer = await RUN[answers.operation](answers);
    if (answers.operation === "list") offerFiles(answer);
    say(answers.operation === "upload" ? words.checking : words.done, "good");
  } catch (problem) {
    if (!(problem instanceof GatehouseProblem)) throw problem;
    tell(problem);
  } finally {
    button.disabled = false;
    show(answers.operation, answers, [...recorded]);
    }
}

async function agree() {
  const consent = { surface: place.dataset.surface, version: place.dataset.consent };
  const kept = await keepAnswer({ app: { id: place.dataset.app }, endpoints: { consents: "/oauth/consents" }, csrf }, consent);
  if (kept) await run();
}

function choose() {
  const chosen = new FormData($("call")).get("operation");
  for (const part of document.querySelectorAll("[data-operation]")) {
    part.hidden = part.disabled = part.dataset.operation !== chosen;
  }
}

/** Marks what this page's own key did, each time that the trail was drawn. */
function markOwn() {
  for (const row of document.querySelectorAll("#trail [data-key]")) {
    const isOwn = row.dataset.key === key.name;
    row.classList.toggle("mine", isOwn);
    row.querySelector("[data-own]").hidden = !isOwn;
  }
}

document.addEventListener("htmx:after:swap", markOwn);
if ($("call")) {
  $("call").querySelector("[type=submit]").disabled = false;
  $("call").addEventListener("change", choose);
  $("call").addEventListener("submit", (event) => (event.preventDefault(), run()));
  choose();
}
$("agree").querySelector("button").addEventListener("click", agree);
$("renew").addEventListener("click", () => key.renew().catch(tell));
$("revoke").addEventListener("click", async () => {
  await key.revoke();
  $("answer").hidden = false;
  say(words.revoked, "warning");
  show("", {}, []);
});
