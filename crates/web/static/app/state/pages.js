// A list that the server gives page by page: tweets or people.
import { batch, signal } from "../../vendor/signals.mjs";
import { call } from "../api/call.js";
import { asFailure } from "../api/failure.js";
import { showFailure } from "./notices.js";
import { onSignOut } from "./session.js";

/** @import { Failure } from "../api/failure.js" */

/**
 * @template Item
 * @typedef {{number: number, items: Item[], height: number}} Page `height` is what it took when it was last shown
 */

/** How many lists are remembered for the way back. */
const REMEMBERED = 12;
const PAGE_SIZE = 20;

let lists = 0;

/** Tweets are known by their ids alone. @param {any} item */
const idOf = (item) => item.id ?? item;

/** @template Item */
export class Pages {
  /**
   * @param {string} path
   * @param {Record<string, string>} query
   * @param {(body: any) => Item[]} read
   */
  constructor(path, query, read) {
    /** Distinguishes this list from every other one, also from an earlier one of the same address. */
    this.serial = ++lists;
    this.path = path;
    this.query = query;
    this.read = read;
    /** @type {import("../../vendor/signals.mjs").Signal<Page<Item>[]>} */
    this.pages = signal([]);
    this.busy = signal(false);
    this.ended = signal(false);
    /** @type {import("../../vendor/signals.mjs").Signal<Failure | null>} */
    this.failure = signal(null);
    /** @type {string | null} */
    this.cursor = null;
    this.last = 0;
  }

  /** Fetches the next page, unless one is on its way or there is none. */
  async more() {
    if (this.busy.peek() || this.ended.peek()) return;
    batch(() => {
      this.busy.value = true;
      this.failure.value = null;
    });
    try {
      const body = await call("GET", this.path, { query: { ...this.query, limit: PAGE_SIZE, cursor: this.cursor } });
      const items = this.unseen(this.read(body));
      batch(() => {
        this.cursor = body.next_cursor;
        this.ended.value = this.cursor === null;
        if (items.length) this.pages.value = [...this.pages.value, this.page(items)];
      });
    } catch (error) {
      this.failure.value = asFailure(error);
    } finally {
      this.busy.value = false;
    }
  }

  /**
   * Shows an earlier list of the same address where the network gives no new one.
   * @param {Pages<Item>} earlier
   */
  fallBackTo(earlier) {
    const failure = this.failure.peek();
    if (!failure?.isNetwork || this.pages.peek().length || !earlier.pages.peek().length) return;
    batch(() => {
      this.last = earlier.last;
      this.cursor = earlier.cursor;
      this.pages.value = earlier.pages.peek();
      this.ended.value = earlier.ended.peek();
      this.failure.value = null;
    });
    showFailure(failure);
  }

  /** @param {Item[]} items */
  page(items) {
    return { number: ++this.last, items, height: 0 };
  }

  /**
   * Without what is in the list already: a tweet that was liked meanwhile may come twice.
   * @param {Item[]} items
   */
  unseen(items) {
    const shown = new Set(this.pages.value.flatMap((page) => page.items.map(idOf)));
    return items.filter((item) => !shown.has(idOf(item)));
  }

  /**
   * Shows something on top that came to be after the list was asked for.
   * @param {Item[]} items
   */
  prepend(items) {
    const fresh = this.unseen(items);
    if (fresh.length) this.pages.value = [this.page(fresh), ...this.pages.value];
  }
}

/** @type {Map<string, Pages<any>>} */
const remembered = new Map();
onSignOut(() => remembered.clear());

/**
 * The list of that address: a new one, or on the way back the one that was seen there.
 * @template Item
 * @param {string} path
 * @param {Record<string, string>} query
 * @param {(body: any) => Item[]} read
 * @param {boolean} fresh
 * @returns {Pages<Item>}
 */
export function pagesOf(path, query, read, fresh) {
  const name = `${path}?${new URLSearchParams(query)}`;
  const seen = remembered.get(name);
  if (seen && !fresh) return seen;
  const pages = new Pages(path, query, read);
  remembered.delete(name);
  remembered.set(name, pages);
  if (remembered.size > REMEMBERED) remembered.delete(remembered.keys().next().value ?? "");
  void pages.more().then(() => seen && pages.fallBackTo(seen));
  return pages;
}
