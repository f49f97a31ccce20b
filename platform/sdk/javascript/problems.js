/** What can go wrong, as errors whose words a person can read. */

const SERVICE_PROBLEM = "There is a problem with the service. Nothing was lost.";

/** OAuth's own error names (RFC 6749 §5.2) for which the server sends no code of the catalogue. */
const CODES_OF_OAUTH = {
  consent_required: "CONSENT_REQUIRED",
  login_required: "KEY_MISSING",
  invalid_grant: "KEY_MISSING",
  invalid_scope: "SCOPE_NOT_GRANTED",
  invalid_target: "NOT_FOUND",
};

/** A problem of the catalogue. Its members are named as in problem+json (RFC 9457); `user_message` is for people. */
export class GatehouseProblem extends Error {
  /** @param {Partial<import("./gatehouse.js").ProblemContent>} [content] */
  constructor(content = {}, options = undefined) {
    super(content.user_message ?? SERVICE_PROBLEM, options);
    this.name = "GatehouseProblem";
    this.status = content.status ?? 0;
    this.code = content.code ?? CODES_OF_OAUTH[content.error] ?? "INTERNAL";
    this.user_message = this.message;
    this.remedy = content.remedy ?? null;
    this.errors = content.errors ?? [];
    this.request_id = content.request_id ?? "";
    this.retryable = content.retryable ?? this.status >= 500;
    this.retry_after_s = content.retry_after_s ?? null;
  }

  /** Seconds after which the same call will succeed, or null where waiting is no help. */
  get retryAfter() {
    return this.retry_after_s;
  }

  /** The problem that an answer describes. Reads the answer's body. */
  static async of(response) {
    const content = await response.json().catch(() => ({}));
    const wait = askedWait(response);
    const retry_after_s = content.retry_after_s ?? (wait === null ? null : Math.ceil(wait / 1000));
    return new GatehouseProblem({ ...content, retry_after_s, status: response.status });
  }
}

/**
 * The wait that an answer asks for in milliseconds, or null where it doesn't (RFC 9110 §10.2.3: seconds or a date).
 */
export function askedWait(response, now = Date.now()) {
  const value = response.headers.get("Retry-After");
  if (value === null) return null;
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(wait) ? null : Math.max(0, wait);
}

const TRY_AGAIN = { who: "you", action: "retry", label: "Try again", href: "" };

/** No answer came: cable, Wi-Fi, server. */
export const connectionProblem = (cause) =>
  new GatehouseProblem(
    {
      code: "STORAGE_UNAVAILABLE",
      user_message: "The connection broke. Your file is still on your device.",
      remedy: TRY_AGAIN,
      retryable: true,
    },
    { cause },
  );

/** Why a call that nobody has refused yet waits: the budget is nearly used up. */
export const nearlyLimited = () =>
  new GatehouseProblem({ code: "RATE_LIMITED", user_message: "Many people are using this right now.", retryable: true });

const STORAGE_WORDS = {
  EntityTooLarge: ["UPLOAD_ALTERED", "The file grew while it was sent. It was not stored."],
  EntityTooSmall: ["UPLOAD_ALTERED", "The file shrank while it was sent. It was not stored."],
  AccessDenied: ["KEY_EXPIRED", "The upload took too long to start."],
};

/**
 * Storage said no to what was signed for it.
 * @param {string} answer S3's error as XML, or nothing where the browser may not read it
 */
export function storageProblem(status, answer) {
  const name = /<Code>(\w+)<\/Code>/.exec(answer)?.[1] ?? "";
  const fallback = ["STORAGE_UNAVAILABLE", "We cannot store files right now. Your file is still on your device."];
  const [code, user_message] = STORAGE_WORDS[name] ?? fallback;
  return new GatehouseProblem({ status, code, user_message, remedy: TRY_AGAIN, retryable: true });
}
