/** Short-lived tokens, asked for when they are needed and kept in memory alone. */

/** A token this near to its end is replaced before it is used. */
const SPARE_MS = 15_000;

/**
 * A source that asks the callback only when it has to: one answer serves all who ask meanwhile, and a token that was
 * refused is replaced once, not once per caller.
 */
export function remembering(callback) {
  if (callback.remembers) return callback;
  let pending = null;
  let held = null;
  const source = async (refused = "") => {
    if (held && held.value !== refused && held.until > Date.now()) return held.value;
    pending ??= Promise.resolve(callback(refused)).finally(() => (pending = null));
    held = holding(await pending);
    return held.value;
  };
  return Object.assign(source, { remembers: true });
}

/** A bare token is used until it is refused; a token answer (RFC 6749 §5.1) says itself how long it lives. */
function holding(given) {
  if (typeof given === "string") return { value: given, until: Infinity };
  const { access_token: value, expires_in = Infinity } = given;
  return { value, until: Date.now() + expires_in * 1000 - SPARE_MS };
}
