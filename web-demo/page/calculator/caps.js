// @ts-check
/** The caps of the month, which terms they come from, and whether they still are the adopted ones. */

import { downloadUrl } from "../published.js";
import { element, replace } from "../dom.js";
import { shown, usd } from "../format.js";
import { icon } from "../icons.js";
import { labelledField } from "./input.js";
import { AS_ADOPTED, isChanged, section } from "./plan.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").State} State */
/** @typedef {import("./plan.js").Changes} Changes */
/** @typedef {import("./plan.js").TermsTable} TermsTable */
/** @typedef {"maximum" | "budget" | "minimum"} Cap */

const FIELDS = /** @type {const} */ ({ maximum: "max_per_month", budget: "budget_usd_per_month", minimum: "min_payout_usd" });

/**
 * Returns the panel of the caps.
 *
 * @param {Store} store
 * @returns {{ node: HTMLElement, update: (state: State) => void }}
 */
export function capsPanel(store) {
  const set = (/** @type {Cap} */ name) => (/** @type {string} */ value) => store.edit(({ changes }) => {
    changes[name] = value === adoptedCap(store.state.terms.table, name) ? undefined : value;
  });
  const fields = {
    maximum: labelledField("Base rewards", set("maximum"), { hint: "A month; more wait in a queue.", attributes: { inputmode: "numeric" } }),
    budget: labelledField("Budget", set("budget"), { before: "$", hint: "A month, for the whole programme." }),
    minimum: labelledField("Smallest payout", set("minimum"), { before: "$", hint: "Less is carried on." }),
  };
  const note = element("div", { class: "caps-note" });
  return {
    node: element("section", { class: "panel", "aria-labelledby": "caps-title" },
      element("h2", { id: "caps-title" }, "Caps"),
      element("div", { class: "caps-fields" }, ...Object.values(fields).map((field) => field.node)), note),
    update({ draft: { changes }, terms, faults }) {
      const byField = new Map(faults.map((fault) => [fault.field, fault]));
      for (const name of /** @type {Cap[]} */ (Object.keys(FIELDS))) {
        fields[name].show(changes[name] ?? adoptedCap(terms.table, name), byField.get(`caps.${name}`));
      }
      const differences = told(changes, terms.table);
      if (note.textContent !== "" && !isChanged(changes)) replace(note);
      else if (isChanged(changes)) {
        replace(note, element("div", { class: "note note-warn" },
          element("p", null, icon("warning"), " ", element("strong", null, "These are not the adopted terms.")),
          element("ul", null, ...differences.map((difference) => element("li", null, difference))),
          element("p", { class: "no-print" }, element("button", { class: "button-quiet", type: "button", onclick: () => store.restructure((draft) => void (draft.changes = { ...AS_ADOPTED })) }, icon("reset"), "As adopted"))));
      }
    },
  };
}

/**
 * Returns which terms the page computes with, and their hash.
 *
 * @param {import("./terms.js").Terms} terms
 * @returns {HTMLElement}
 */
export function termsLine({ table, file, version, hash }) {
  const code = element("code", { class: "terms-hash" }, "…");
  void hash.then((text) => replace(code, text === undefined ? "could not be computed" : text));
  return element("section", { class: "terms", "aria-label": "Terms" },
    element("p", null, icon("file"), " Computed with the terms of ", element("strong", null, shown(String(table.name ?? "the terms"))), `, version ${shown(String(table.version ?? "?"))}: `,
      version === undefined ? [shown(file), ", opened from this device."] : element("a", { href: downloadUrl("terms", String(version)), download: `terms-${version}.toml` }, shown(file))),
    element("p", { class: "soft" }, "keccak-256 ", code));
}

/** The cap as the file has it. @param {TermsTable} terms @param {Cap} name */
function adoptedCap(terms, name) {
  return String(section(terms, "caps")[FIELDS[name]] ?? "");
}

/** @param {Changes} changes @param {TermsTable} terms */
function told(changes, terms) {
  const names = /** @type {const} */ ({ maximum: "Base rewards a month", budget: "Budget a month", minimum: "Smallest payout" });
  const lines = /** @type {Cap[]} */ (Object.keys(names)).flatMap((name) => {
    const change = changes[name];
    if (change === undefined) return [];
    const write = (/** @type {string} */ text) => (name === "maximum" ? shown(text) : usd(text));
    return [`${names[name]}: ${change === "" ? "nothing" : write(change)} instead of ${write(adoptedCap(terms, name))}`];
  });
  const { policy } = section(terms, "price");
  if (changes.policy !== undefined) lines.push(`Price policy: ${changes.policy} instead of ${shown(String(policy))}`);
  return lines;
}
