/** Tokens for people who haven't signed in: a proof of work stands in, once for each token (RFC 8693). */

import { GatehouseProblem } from "../problems.js";
import { proof } from "../proof.js";
import { persistentFetch } from "../retries.js";

const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const PROOF = "urn:gatehouse:params:oauth:token-type:proof-of-work";

/** One token to add files with, for who agreed to the words of these surfaces. */
export async function visitorToken({ endpoints, app, consent, surfaces, visitor }) {
  const body = new URLSearchParams({
    grant_type: EXCHANGE,
    subject_token: await proof(visitor.challenge),
    subject_token_type: PROOF,
    audience: app.id,
    scope: "files:write",
    consent: [consent, ...surfaces].filter((one) => one.agreed).map((one) => one.version).join(" "),
  });
  const response = await persistentFetch(endpoints.token, { method: "POST", body, credentials: "omit" }, { delaysMs: [] });
  if (!response.ok) throw await GatehouseProblem.of(response);
  return response.json();
}
