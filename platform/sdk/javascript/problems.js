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

  /** The problem that an answer describes. Reads the answer's body. */
  static async of(response) {
    const content = await response.json().catch(() => ({}));
    return new GatehouseProblem({ ...content, status: response.status });
  }
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

const STORAGE_WORDS = {
  EntityTooLarge: ["UPLOAD_ALTERED", "The file grew while it was sent. It was not stored."],
  EntityTooSmall: ["UPLOAD_ALTERED", "The file shrank while it was sent. It was not stored."],
  AccessDenied: ["KEY_EXPIRED", "The upload took too long to start."],
};

/**
 * Storage said no to a pre-signed form.
 * @param {number} status
 * @param {string} answer S3's error as XML, or nothing where the browser may not read it
 */
export function storageProblem(status, answer) {
  const name = /<Code>(\w+)<\/Code>/.exec(answer)?.[1] ?? "";
  const fallback = ["STORAGE_UNAVAILABLE", "We cannot store files right now. Your file is still on your device."];
  const [code, user_message] = STORAGE_WORDS[name] ?? fallback;
  return new GatehouseProblem({ status, code, user_message, remedy: TRY_AGAIN, retryable: true });
}
