/** Short-lived tokens, asked for when they are needed and kept in memory alone. */

import { GatehouseProblem } from "./problems.js";
import { persistentFetch } from "./retries.js";

const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const SESSION = "urn:gatehouse:params:oauth:token-type:session";

/** A token this near to its end is replaced before it is used. */
const SPARE_MS = 15_000;

/**
 * Tokens by exchange from the page's signed-in session (RFC 8693).
 * @param {import("./gatehouse.js").SessionTokenOptions} options
 * @returns {import("./gatehouse.js").TokenSource}
 */
export function sessionTokens({ tokenUrl, app, csrfToken, scope = "files:write files:list", delaysMs }) {
  const body = () =>
    new URLSearchParams({
      grant_type: EXCHANGE,
      subject_token: csrfToken,
      subject_token_type: SESSION,
      audience: app,
      scope,
    });
  const exchange = async () => {
    const init = { method: "POST", body: body(), credentials: "same-origin" };
    const response = await persistentFetch(tokenUrl, init, { delaysMs });
    if (!response.ok) throw await GatehouseProblem.of(response);
    const { access_token, expires_in } = await response.json();
    return { value: access_token, until: Date.now() + expires_in * 1000 - SPARE_MS };
  };
  return remembering(exchange);
}

/** One exchange serves all who ask meanwhile; a token that was refused is replaced once, not once per caller. */
function remembering(exchange) {
  let pending = null;
  let held = null;
  return async (refused = "") => {
    if (held && held.value !== refused && held.until > Date.now()) return held.value;
    pending ??= exchange().finally(() => (pending = null));
    held = await pending;
    return held.value;
  };
}
