// @ts-check
/** Fields that keep what is typed, and show beside it what is wrong with it. */

import { element } from "../dom.js";
import { failureWords } from "../failure.js";

/** @typedef {import("./plan.js").Fault} Fault */
/** @typedef {{ node: HTMLElement, input: HTMLInputElement, error: HTMLElement, show: (value: string, fault: Fault | undefined) => void }} Field */

const MOST_TYPED = 64;
let last = 0;

/**
 * Returns an input without a visible label, as in a table.
 *
 * @param {string} label
 * @param {(value: string) => void} type
 * @param {Record<string, any>} [attributes]
 * @returns {Field}
 */
export function bareField(label, type, attributes = {}) {
  const error = element("span", { class: "field-error", id: freshId() });
  const input = element("input", {
    class: "input money", type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false", maxlength: MOST_TYPED,
    "aria-label": label, oninput: () => type(input.value.trim()), ...attributes,
  });
  return { node: element("div", { class: "field" }, input, error), input, error, show: (value, fault) => showIn(input, error, value, fault) };
}

/**
 * Returns a labelled input with an optional hint and unit.
 *
 * @param {string} label
 * @param {(value: string) => void} type
 * @param {{ hint?: string, before?: string, after?: string, attributes?: Record<string, any> }} [more]
 * @returns {Field}
 */
export function labelledField(label, type, { hint, before, after, attributes = {} } = {}) {
  const id = freshId();
  const bare = bareField(label, type, { id, ...attributes });
  bare.input.removeAttribute("aria-label");
  const node = element("div", { class: "field" },
    element("label", { for: id }, label),
    element("div", { class: "with-unit" },
      before === undefined ? null : element("span", { class: "unit", "aria-hidden": "true" }, before),
      bare.input,
      after === undefined ? null : element("span", { class: "unit", "aria-hidden": "true" }, after)),
    hint === undefined ? null : element("span", { class: "field-hint" }, hint),
    bare.error);
  return { ...bare, node };
}

/** @param {HTMLInputElement} input @param {HTMLElement} error @param {string} value @param {Fault | undefined} fault */
function showIn(input, error, value, fault) {
  if (input.value.trim() !== value) input.value = value;
  const text = fault === undefined ? "" : faultText(fault);
  if (error.textContent !== text) error.textContent = text;
  if (fault === undefined) {
    if (!input.hasAttribute("aria-invalid")) return;
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  } else {
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", error.id);
  }
}

/** What is wrong and what to do, as sentences. @param {Fault} fault */
export function faultText(fault) {
  const { message, help } = failureWords(fault);
  return help === "" ? message : `${message} ${help}`;
}

export function freshId() {
  last += 1;
  return `field-${last}`;
}
