// @ts-check
/** Shows a failure: what happened, what to do, and the code to ask others about. */

import { element } from "./dom.js";
import { shown } from "./format.js";
import { icon } from "./icons.js";

/**
 * Returns a note about a failure, with a button to try again where that can help.
 *
 * @param {unknown} error
 * @param {() => void} [retry]
 * @returns {HTMLElement}
 */
export function failureNote(error, retry) {
  const { code, message, help } = failureWords(error);
  return element("div", { class: "note note-bad", role: "alert" },
    element("p", null, icon("warning"), " ", element("strong", null, message)),
    help === "" ? null : element("p", null, help),
    element("p", { class: "note-code" }, code),
    retry === undefined ? null : element("p", null, element("button", { class: "button-quiet", type: "button", onclick: retry }, icon("reset"), "Try again")));
}

/**
 * Returns a whole view about a failure.
 *
 * @param {unknown} error
 * @param {() => void} [retry]
 * @returns {HTMLElement}
 */
export function failureView(error, retry) {
  return element("div", { class: "view" },
    element("h1", { tabindex: "-1" }, "This did not work"),
    failureNote(error, retry),
    element("p", null, element("a", { href: "#/" }, "Go to the calculator")));
}

/**
 * Returns code, message and help of any thrown value, ready to be shown.
 *
 * @param {unknown} error
 * @returns {{ code: string, message: string, help: string }}
 */
export function failureWords(error) {
  const { code, message, help } = /** @type {any} */ (error ?? {});
  return {
    code: shown(typeof code === "string" ? code : "UNEXPECTED"),
    message: sentence(typeof message === "string" && message !== "" ? message : "Something unexpected happened."),
    help: sentence(typeof help === "string" ? help : "Reload the page. If it happens again, tell the programme this code."),
  };
}

/** A message as a sentence: errors of the rules start small and end without a period. @param {string} text */
function sentence(text) {
  if (text === "") return "";
  const clean = shown(text).replace(/`([^`]*)`/g, "“$1”");
  const ended = /[.!?…]$/.test(clean) ? clean : `${clean}.`;
  return ended.charAt(0).toUpperCase() + ended.slice(1);
}
