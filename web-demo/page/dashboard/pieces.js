// @ts-check
/** The small parts that the dashboard's views share: states, warnings, failures, hashes, downloads. */

import { element } from "../dom.js";
import { date, shown, usd } from "../format.js";
import { icon } from "../icons.js";

/** @typedef {import("../published.js").Warning} Warning */

/**
 * Returns a state as icon, word and, where there is one, date.
 *
 * @param {import("./states.js").State} state
 * @param {string} [when] an instant
 * @param {string} [join] what stands between word and date
 * @returns {HTMLElement}
 */
export function stateMark({ icon: name, word, tone }, when, join = "") {
  return element("span", { class: `state state-${tone}` },
    icon(name), element("span", null, shown(word), when === undefined ? null : [` ${join}`.trimEnd(), " ", date(when)]));
}

/**
 * Returns a sentence of a document with the dollars and instants in it as people write them.
 *
 * Only their look changes: `$4999.9` becomes `$4,999.90`, an instant becomes a date.
 *
 * @param {string} sentence
 * @returns {DocumentFragment}
 */
export function sentenceText(sentence) {
  const fragment = document.createDocumentFragment();
  const pattern = /\$(-?\d{1,30}(?:\.\d{1,18})?)(?![\d])|(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)/gu;
  let end = 0;
  for (const match of sentence.matchAll(pattern)) {
    fragment.append(shown(sentence.slice(end, match.index)));
    fragment.append(match[1] === undefined ? date(match[2]) : volume(match[1]));
    end = match.index + match[0].length;
  }
  fragment.append(shown(sentence.slice(end)));
  return fragment;
}

/**
 * Returns a measured amount of dollars; what is finer than a millionth is cut, and its title has all of it.
 *
 * @param {string} text
 * @returns {HTMLElement}
 */
export function volume(text) {
  const [whole, fraction = ""] = text.split(".");
  if (fraction.length <= 6) return element("span", { class: "number" }, usd(text));
  const cut = `${usd(`${whole}.${fraction.slice(0, 2)}`)}…`;
  return element("span", { class: "number", title: `$${text}` },
    element("span", { "aria-hidden": "true" }, cut), element("span", { class: "visually-hidden" }, usd(text)));
}

/**
 * Returns a plain warning for each thing that does not fit; nothing where all fits.
 *
 * @param {Warning[]} warnings
 * @returns {HTMLElement[]}
 */
export function warningNotes(warnings) {
  if (warnings.length === 0) return [];
  const unique = new Map(warnings.map((warning) => [`${warning.file} ${warning.sentence}`, warning]));
  const items = [...unique.values()].map(({ file, sentence }) =>
    element("li", null, shown(sentence), " ", element("code", null, shown(file))),
  );
  const title = element("p", { class: "note-title" }, icon("warning"), " What is published here does not fit together");
  const help = element("p", null, "Do not rely on this month before the programme has explained it.");
  return [element("div", { class: "note note-warn", role: "note" }, title, element("ul", null, ...items), help)];
}

/**
 * Returns a term and its description for each pair.
 *
 * @param {[string, Node | string][]} pairs
 * @returns {HTMLElement}
 */
export function facts(pairs) {
  const rows = pairs.map(([term, description]) =>
    element("div", { class: "facts-row" }, element("dt", null, term), element("dd", null, description)),
  );
  return element("dl", { class: "facts" }, ...rows);
}

/** A hash, which may break anywhere. @param {string} text @returns {HTMLElement} */
export function hashText(text) {
  return element("code", { class: "hash" }, shown(text));
}

/**
 * Returns a link that saves a published file as it is.
 *
 * @param {string} href
 * @param {string} name the name that the file is saved under
 * @param {string} label
 * @param {string} [of] which one it is, for those who hear the links alone
 * @returns {HTMLElement}
 */
export function download(href, name, label, of) {
  const rest = of === undefined ? null : element("span", { class: "visually-hidden" }, ` ${of}`);
  return element("a", { class: "download", href, download: name }, icon("download"), label, rest);
}

/** The list of views above this one. @param {[string, string][]} steps label and address @returns {HTMLElement} */
export function trail(steps) {
  const items = steps.map(([label, href]) => element("li", null, element("a", { href }, label)));
  return element("nav", { class: "trail", "aria-label": "Where you are" }, element("ol", null, ...items));
}

/** The address of an ambassador's dashboard, or of one of its months. @param {string[]} path @returns {string} */
export function accountHref(...path) {
  return `#/${["ambassadors", ...path].map(encodeURIComponent).join("/")}`;
}
