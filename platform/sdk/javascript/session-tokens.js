/** Tokens by exchange from the page's signed-in session (RFC 8693). */

import { GatehouseProblem } from "./problems.js";
import { persistentFetch } from "./retries.js";
import { remembering } from "./tokens.js";

const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const SESSION = "urn:gatehouse:params:oauth:token-type:session";

/** A source of them: one is asked for when it is needed, and kept until it is nearly over. */
export const sessionTokens = (options) => remembering(() => sessionToken(options));

/** One token's answer (RFC 6749 §5.1). Rejects with a problem. */
export async function sessionToken({ tokenUrl, app, csrfToken, scope = "files:write files:list", prefix, delaysMs }) {
  const body = new URLSearchParams({
    grant_type: EXCHANGE,
    subject_token: csrfToken,
    subject_token_type: SESSION,
    audience: app,
    scope,
    ...(prefix ? { prefix } : {}),
  });
  const response = await persistentFetch(tokenUrl, { method: "POST", body, credentials: "same-origin" }, { delaysMs });
  if (!response.ok) throw await GatehouseProblem.of(response);
  return response.json();
}
