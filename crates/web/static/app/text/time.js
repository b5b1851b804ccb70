// Moments for people.
import { computed, signal } from "../../vendor/signals.mjs";
import { language } from "../state/language.js";

const now = signal(Date.now());
setInterval(() => document.hidden || (now.value = Date.now()), 30_000);

const STEPS = /** @type {[Intl.RelativeTimeFormatUnit, number][]} */ ([["day", 86_400], ["hour", 3_600], ["minute", 60]]);
const ago = computed(() => new Intl.RelativeTimeFormat(language.value, { numeric: "auto", style: "short" }));
const sameYear = computed(() => new Intl.DateTimeFormat(language.value, { day: "numeric", month: "short" }));
const otherYear = computed(() => new Intl.DateTimeFormat(language.value, { day: "numeric", month: "short", year: "numeric" }));
const day = computed(() => new Intl.DateTimeFormat(language.value, { dateStyle: "medium" }));
const whole = computed(() => new Intl.DateTimeFormat(language.value, { dateStyle: "long", timeStyle: "short" }));

/**
 * 5 min. ago, yesterday, 3 Mar, 3 Mar 2019.
 * @param {string} moment
 */
export function briefly(moment) {
  const then = new Date(moment);
  const seconds = (now.value - then.getTime()) / 1000;
  if (seconds > 6 * 86_400) {
    const format = then.getFullYear() === new Date(now.value).getFullYear() ? sameYear : otherYear;
    return format.value.format(then);
  }
  const [unit, length] = STEPS.find(([, size]) => seconds >= size) ?? ["second", Infinity];
  return ago.value.format(-Math.floor(seconds / length) || 0, unit);
}

/**
 * 23 Nov 2026.
 * @param {string} moment or a day, which is that of UTC
 */
export function onDay(moment) {
  const [year, month, date] = moment.split("-").map(Number);
  return day.value.format(moment.includes("T") ? new Date(moment) : new Date(year, month - 1, date));
}

/** @param {string} moment */
export function wholly(moment) {
  return whole.value.format(new Date(moment));
}
