// The one way to the server.
import { expire, key } from "../state/key.js";
import { noteKeyEnd } from "../state/keyEnd.js";
import { Failure, failureOf } from "./failure.js";

const PATIENCE = 20_000;

/**
 * Asks the server; answers what it says, or throws a `Failure`.
 * @param {"GET" | "POST" | "DELETE"} method
 * @param {string} path
 * @param {{query?: Record<string, string | number | null | undefined>, body?: object, repeat?: string, key?: string}} [options]
 *   `repeat` makes it safe to send the same again; `key` is for a key that is only tried.
 * @returns {Promise<any>}
 */
export async function call(method, path, options = {}) {
  const used = options.key ?? key.value;
  const headers = new Headers({ "api-key": used });
  if (options.body) headers.set("content-type", "application/json");
  if (options.repeat) headers.set("idempotency-key", options.repeat);
  const address = new URL(path, location.origin);
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value != null && value !== "") address.searchParams.set(name, String(value));
  }
  let answer, body;
  try {
    const sent = options.body && JSON.stringify(options.body);
    answer = await fetch(address, { method, headers, body: sent, signal: AbortSignal.timeout(PATIENCE) });
    body = await answer.json();
  } catch (error) {
    if (answer && error instanceof SyntaxError) throw failureOf(answer.status, () => null, null);
    const slow = error instanceof DOMException && error.name === "TimeoutError";
    throw new Failure(!navigator.onLine ? "offline" : slow ? "slow" : "unreachable");
  }
  if (answer.status !== 401) noteKeyEnd(used, answer.headers.get("api-key-ends-at"));
  if (answer.ok) return body;
  if (answer.status === 401 && options.key === undefined) expire(used);
  const headersOf = answer.headers;
  throw failureOf(answer.status, (name) => headersOf.get(name), body);
}
