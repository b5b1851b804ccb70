// What can go wrong, by one word each: the contract's `error_type`, or what the network does.
import { t } from "../text/words.js";

/** @import { Name } from "../state/language.js" */

const KNOWN = new Set([
  "offline", "unreachable", "slow", "bad_request", "unauthorized", "forbidden", "not_found", "method_not_allowed",
  "conflict", "payload_too_large", "unsupported_media_type", "validation_error", "rate_limited", "internal_error",
  "unavailable", "foreign",
]);

/** Seconds. Who has to wait longer has done enough for a day. */
const LONG = 600;

export class Failure extends Error {
  /**
   * @param {string} kind
   * @param {{message?: string, wait?: number, request?: string | null}} [more]
   */
  constructor(kind, { message = "", wait = 0, request = null } = {}) {
    super(message);
    this.kind = KNOWN.has(kind) ? kind : "internal_error";
    this.wait = wait;
    this.request = request;
  }

  /** Whether the network, not the server, is to blame. */
  get isNetwork() {
    return ["offline", "unreachable", "slow"].includes(this.kind);
  }

  /** Whether another try may succeed. */
  get isPassing() {
    const passes = this.isNetwork || ["rate_limited", "internal_error", "unavailable"].includes(this.kind);
    return passes && this.wait <= LONG;
  }

  /** The failure in plain words. */
  get words() {
    if (this.kind === "rate_limited" && this.wait > LONG) return t("failure.enough_today", { n: Math.ceil(this.wait / 3600) });
    const name = /** @type {Name} */ (`failure.${this.kind}`);
    const values = { message: this.message, n: Math.max(1, this.wait), request: this.request ?? "–" };
    return t(name, values);
  }
}

/**
 * The failure that an answer means.
 * @param {number} status
 * @param {(name: string) => string | null} header
 * @param {any} body
 */
export function failureOf(status, header, body) {
  const byStatus = status === 413 ? "payload_too_large" : status === 429 ? "rate_limited" : status > 500 ? "unavailable" : "internal_error";
  return new Failure(body?.error_type ?? byStatus, {
    message: body?.error_message,
    wait: Number(header("retry-after") ?? 0),
    request: header("x-request-id"),
  });
}

/** @param {unknown} error */
export function asFailure(error) {
  return error instanceof Failure ? error : new Failure("internal_error", { message: String(error) });
}
