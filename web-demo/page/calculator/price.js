// @ts-check
/** The price: one ratio as typed, or daily closes that go through the price policy of the terms. */

import { element, replace } from "../dom.js";
import { month as monthName, shown } from "../format.js";
import { icon } from "../icons.js";
import { bareField, faultText, freshId, labelledField } from "./input.js";
import { section } from "./plan.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").State} State */
/** @typedef {import("./plan.js").Fault} Fault */
/** @typedef {import("./plan.js").Close} Close */
/** @typedef {import("./terms.js").Published} Published */

const MOST_CLOSES = 62;
/** @type {readonly (keyof Close)[]} */
const PARTS = ["date", "usd", "tokens"];
const PART_NAMES = { date: "Day", usd: "Dollars", tokens: "Tokens" };

/**
 * Returns the panel of the price.
 *
 * @param {Store} store
 * @param {Published | undefined} published the newest month's closes, to go back to
 * @returns {{ node: HTMLElement, update: (state: State) => void }}
 */
export function pricePanel(store, published) {
  const symbol = shown(String(section(store.state.terms.table, "token").symbol ?? "tokens"));
  const set = (/** @type {"usd" | "tokens" | "month"} */ name) => (/** @type {string} */ value) => store.edit(({ price }) => void (price[name] = value));
  const dollars = labelledField("Dollars", set("usd"), { before: "$" });
  const bought = labelledField("buy tokens", set("tokens"), { after: symbol });
  const ratio = element("div", { class: "price-ratio" }, dollars.node, bought.node);

  const month = labelledField("Month", set("month"), { attributes: { class: "input", placeholder: "2020-12", inputmode: "text" } });
  const policy = policyField(store);
  const rows = element("tbody");
  const count = element("p", { class: "field-hint" });
  const error = element("p", { class: "field-error", role: "status" });
  const closes = element("div", { class: "price-closes" },
    element("div", { class: "price-policy" }, month.node, policy.node),
    element("table", { class: "closes" },
      element("caption", { class: "visually-hidden" }, "Daily closes"),
      element("thead", null, element("tr", null, ...PARTS.map((part) => element("th", { scope: "col", class: part === "date" ? null : "money" }, PART_NAMES[part])), element("th", { scope: "col" }, element("span", { class: "visually-hidden" }, "Remove")))),
      rows),
    count,
    element("div", { class: "row no-print" },
      element("button", { class: "button-quiet", type: "button", onclick: () => addClose(store) }, icon("plus"), "Add a day"),
      published === undefined ? null : element("button", { class: "button-quiet", type: "button", onclick: () => takeClosesOf(store, published) }, icon("reset"), `Those of ${monthName(published.month)}`)));

  const ways = wayField(store);
  /** @type {{ length: number, fields: import("./input.js").Field[][] }} */
  let built = { length: -1, fields: [] };
  return {
    node: element("section", { class: "panel", "aria-labelledby": "price-title" }, element("h2", { id: "price-title" }, "Price"), ways.node, ratio, closes, error),
    update({ draft: { price, changes }, terms, faults }) {
      const byField = new Map(faults.map((fault) => [fault.field, fault]));
      ways.show(price.kind);
      ratio.hidden = price.kind !== "ratio";
      closes.hidden = price.kind !== "closes";
      dollars.show(price.usd, byField.get("price.usd"));
      bought.show(price.tokens, byField.get("price.tokens"));
      month.show(price.month, byField.get("price.month"));
      policy.show(changes.policy, terms.table);
      if (built.length !== price.closes.length) {
        built = { length: price.closes.length, fields: price.closes.map((_, place) => closeFields(store, place)) };
        replace(rows, ...built.fields.map((fields, place) => closeRow(store, fields, place)));
      }
      built.fields.forEach((fields, place) => PARTS.forEach((part, column) => fields[column].show(price.closes[place][part], byField.get(`closes.${place}.${part}`))));
      count.textContent = price.closes.length === 0 ? "No day has a close yet." : "";
      const fault = byField.get("price");
      error.textContent = fault === undefined ? "" : faultText(fault);
    },
  };
}

/** @param {Store} store */
function wayField(store) {
  const name = freshId();
  const choice = (/** @type {"ratio" | "closes"} */ kind, /** @type {string} */ text) => {
    const input = element("input", { type: "radio", name, value: kind, onchange: () => store.edit(({ price }) => void (price.kind = kind)) });
    return { kind, input, node: element("label", { class: "choice" }, input, element("span", null, text)) };
  };
  const choices = [choice("ratio", "One price"), choice("closes", "Daily closes")];
  return {
    node: element("fieldset", { class: "choices" }, element("legend", { class: "visually-hidden" }, "Where the price comes from"), ...choices.map((each) => each.node)),
    show: (/** @type {string} */ kind) => choices.forEach((each) => (each.input.checked = each.kind === kind)),
  };
}

/** @param {Store} store */
function policyField(store) {
  const id = freshId();
  const adoptedOption = element("option", { value: "" });
  const select = element("select", { class: "input", id, onchange: () => store.edit(({ changes }) => void (changes.policy = select.value === "" ? undefined : /** @type {"close" | "mean"} */ (select.value))) },
    adoptedOption, element("option", { value: "mean" }, "mean of the last 7 closes"), element("option", { value: "close" }, "last close"));
  return {
    node: element("div", { class: "field" }, element("label", { for: id }, "Price policy"), select),
    show(/** @type {"close" | "mean" | undefined} */ policy, /** @type {import("./plan.js").TermsTable} */ terms) {
      const adopted = section(terms, "price");
      adoptedOption.textContent = `as adopted: ${adopted.policy === "mean" ? `mean of ${shown(String(adopted.days))} closes` : "last close"}`;
      for (const option of select.options) option.hidden = option.value === adopted.policy;
      select.value = policy ?? "";
    },
  };
}

/** @param {Store} store @param {number} place */
function closeFields(store, place) {
  return PARTS.map((part) => bareField(`${PART_NAMES[part]}, close ${place + 1}`, (value) => store.edit(({ price }) => void (price.closes[place][part] = value)), part === "date" ? { class: "input", inputmode: "text", placeholder: "2020-12-31" } : {}));
}

/** @param {Store} store @param {import("./input.js").Field[]} fields @param {number} place */
function closeRow(store, fields, place) {
  const remove = element("button", { class: "button-quiet button-icon", type: "button", title: "Remove", "aria-label": `Remove close ${place + 1}`, onclick: () => store.restructure(({ price }) => void price.closes.splice(place, 1)) }, icon("cross"));
  return element("tr", null, ...fields.map((field) => element("td", null, field.node)), element("td", { class: "no-print" }, remove));
}

/** @param {Store} store */
function addClose(store) {
  store.restructure(({ price }) => {
    if (price.closes.length >= MOST_CLOSES) return;
    const last = price.closes.at(-1);
    price.closes.push({ date: nextDay(last?.date, price.month), usd: last?.usd ?? price.usd, tokens: last?.tokens ?? price.tokens });
  });
}

/** @param {Store} store @param {Published} published */
function takeClosesOf(store, { month, closes }) {
  store.restructure(({ price }) => {
    price.month = month;
    price.closes = closes.map((close) => ({ ...close }));
  });
}

/** @param {string | undefined} date @param {string} month */
function nextDay(date, month) {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(date ?? "") ? new Date(`${date}T00:00:00Z`) : undefined;
  if (day === undefined || Number.isNaN(day.getTime())) return /^\d{4}-\d{2}$/.test(month) ? `${month}-01` : "";
  day.setUTCDate(day.getUTCDate() + 1);
  return day.toISOString().slice(0, 10);
}
