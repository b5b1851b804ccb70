// What a person is called, and what stands for them where there is no portrait.

/** @import { Person } from "../types.js" */

/** The full name, or the nickname where the company gave none. @param {Person} person */
export function fullName(person) {
  return [person.first_name, person.last_name].filter(Boolean).join(" ") || person.name;
}

/** The nickname where it says more than the full name, else nothing. @param {Person} person */
export function secondName(person) {
  return fullName(person) === person.name ? "" : person.name;
}

/** One colour a name, the same on every screen. @param {string} name */
export function hue(name) {
  let sum = 7;
  for (const sign of name) sum = (sum * 31 + (sign.codePointAt(0) ?? 0)) % 3600;
  return sum % 360;
}

/** One or two letters, in any script. @param {string} name */
export function initials(name) {
  const letters = name.split(/[\s._-]+/u).map((part) => /\p{L}\p{M}{0,2}|\p{N}|\p{Extended_Pictographic}/u.exec(part)?.[0] ?? "");
  // Georgian is written without capitals, and few fonts have them.
  const capital = (/** @type {string} */ letter) => /\p{Script=Georgian}/u.test(letter) ? letter : letter.toLocaleUpperCase();
  return letters.filter(Boolean).slice(0, 2).map(capital).join("") || "•";
}
