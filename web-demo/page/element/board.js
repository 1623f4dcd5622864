// @ts-check
/** What the element shows: the creators to change, the sum, the bar of the month and the step curve. */

import { monthBar } from "../calculator/bar.js";
import { curveChart } from "../calculator/curve.js";
import { faultOf, placeOf } from "../calculator/faults.js";
import { bareField, faultText } from "../calculator/input.js";
import { writeLink } from "../calculator/link.js";
import { AS_ADOPTED, toPlan } from "../calculator/plan.js";
import { element, replace } from "../dom.js";
import { failureWords } from "../failure.js";
import { sentence, shown as visible, tokens, usd } from "../format.js";
import { icon } from "../icons.js";
import { thresholds, uncapped } from "./curve.js";
import { proportions } from "./shares.js";

/** @typedef {import("../calculator/plan.js").Row} Row */
/** @typedef {import("../calculator/plan.js").Draft} Draft */
/** @typedef {import("../calculator/plan.js").Fault} Fault */
/** @typedef {import("../wasm/calculator.js").Quote} Quote */
/** @typedef {import("../wasm/calculator.js").TermsTable} TermsTable */
/** @typedef {import("./curve.js").Rules} Rules */
/**
 * @typedef {object} Board
 * @property {() => void} wait
 * @property {(rules: Rules, terms: TermsTable, price: import("./read.js").Ratio, rows: Row[]) => void} show
 * @property {(error: unknown, retry: () => void) => void} fail
 * @property {() => Quote | undefined} quote
 * @property {() => void} remove
 */

const PAGE = new URL("../", import.meta.url);
const MOST_ROWS = 24;
/** @type {readonly [import("../calculator/plan.js").Column, string][]} */
const COLUMNS = [["volume", "Volume, $"], ["supporters", "Supporters"], ["useCases", "Use cases"]];

/**
 * Returns an empty board in a shadow root.
 *
 * @param {ShadowRoot} root
 * @param {(quote: Quote) => void} quoted
 * @param {(fault: { code: string, message: string, help: string }) => void} failed
 * @returns {Board}
 */
export function board(root, quoted, failed) {
  /** @type {Quote | undefined} */
  let quote;
  let stop = () => {};
  return {
    wait: () => void replace(root, element("section", { class: "board waiting", "aria-label": "Reward calculator", "aria-busy": "true" }, element("p", { class: "soft" }, "Loading the terms…"))),
    show(rules, terms, price, rows) {
      const draft = { rows, price: { kind: /** @type {const} */ ("ratio"), ...price, month: "", closes: [] }, changes: { ...AS_ADOPTED } };
      stop = fill(root, rules, terms, draft, (next) => quoted((quote = next)), failed);
    },
    fail(error, retry) {
      const words = failureWords(error);
      replace(root, element("section", { class: "board", "aria-label": "Reward calculator" },
        element("div", { class: "note", role: "alert" },
          element("p", null, icon("warning"), " ", element("strong", null, words.message), " ", words.help),
          element("p", { class: "code" }, words.code),
          element("button", { class: "button-quiet", type: "button", onclick: retry }, icon("reset"), "Try again"))));
      failed(words);
    },
    quote: () => quote,
    remove: () => stop(),
  };
}

/** @param {ShadowRoot} root @param {Rules} rules @param {TermsTable} terms @param {Draft} draft @param {(quote: Quote) => void} quoted @param {(fault: { code: string, message: string, help: string }) => void} failed */
function fill(root, rules, terms, draft, quoted, failed) {
  const list = element("tbody");
  const dollars = element("span", { class: "dollars" });
  const amount = element("span", { class: "tokens" });
  const trouble = element("p", { class: "trouble" });
  const good = element("div", { class: "good" });
  const bar = monthBar({ proportions });
  const about = element("p", { class: "soft curve-about" });
  const full = element("a", { class: "full", target: "_blank", rel: "noopener", href: PAGE.href }, "Open in full");
  let chosen = 0;
  let frame = 0;
  const chart = curveChart({ proportions }, (place) => {
    choose(place);
    lines[place]?.fields[0].input.focus();
  });
  /** @type {ReturnType<typeof lineOf>[]} */
  let lines = [];

  const choose = (/** @type {number} */ place) => {
    if (place === chosen) return;
    chosen = place;
    compute();
  };
  const schedule = () => {
    if (frame === 0) frame = requestAnimationFrame(compute);
  };
  const build = () => {
    lines = draft.rows.map((row, place) => lineOf(row, place, schedule, choose, () => {
      draft.rows.splice(place, 1);
      chosen = Math.max(0, Math.min(chosen, draft.rows.length - 1));
      build();
      (lines[place] ?? lines.at(-1))?.fields[0].input.focus();
      schedule();
    }));
    replace(list, ...lines.map((line) => line.nodes));
    add.disabled = draft.rows.length >= MOST_ROWS;
  };
  const showFaults = (/** @type {Fault[]} */ faults) => {
    const fields = new Map(faults.map((fault) => [fault.field, fault]));
    lines.forEach((line, place) => {
      COLUMNS.forEach(([column], index) => line.fields[index].show(draft.rows[place][column], fields.get(`rows.${place}.${column}`)));
      line.wrong.hidden = COLUMNS.every(([column]) => !fields.has(`rows.${place}.${column}`));
    });
    good.classList.toggle("stale", faults.length > 0);
    trouble.textContent = faults.length === 0 ? "" : `${placeOf(faults[0].field)}: ${faultText(faults[0])}`.replace(/^: /, "");
    if (faults.length > 0) failed(failureWords(faults[0]));
  };
  const compute = () => {
    frame = 0;
    const { plan, faults } = toPlan(draft, terms);
    if (plan === undefined) return showFaults(faults);
    try {
      const quote = rules.quote(plan);
      dollars.textContent = usd(quote.totalUsd);
      amount.textContent = tokens(quote.tokens, quote.symbol);
      bar.update(quote);
      lines.forEach((line, place) => line.tell(quote.creators[place]));
      showCurve(plan);
      full.href = new URL(`#/?${writeLink(draft, { version: undefined, hash: undefined })}`, PAGE).href;
      showFaults([]);
      quoted(quote);
    } catch (error) {
      showFaults([faultOf(error)]);
    }
  };
  const showCurve = (/** @type {import("../wasm/calculator.js").Plan} */ plan) => {
    const own = plan.creators[chosen];
    chart.node.hidden = own === undefined;
    if (own === undefined) return void (about.textContent = "");
    const people = `${own.supporters} ${own.supporters === 1 ? "supporter" : "supporters"}`;
    about.textContent = `Reward over volume: creator ${chosen + 1}, with ${people}`;
    const { rewards, steps } = uncapped(rules, plan, own);
    const points = plan.creators.map(({ volumeUsd }, place) => ({
      place, volume: volumeUsd, reward: rewards[place], about: `Creator ${place + 1}: ${usd(volumeUsd)} of volume earn ${usd(rewards[place])}.`,
    }));
    chart.update({ steps, others: [], thresholds: thresholds(terms), points, chosen, title: "Reward of one creator over the volume of the first month; each creator's reward stands in the table." });
  };
  const add = element("button", {
    class: "button-quiet", type: "button",
    onclick: () => {
      draft.rows.push({ ...(draft.rows.at(-1) ?? { volume: "1000", supporters: "25", useCases: "1", innovative: "0" }) });
      chosen = draft.rows.length - 1;
      build();
      lines.at(-1)?.fields[0].input.focus();
      schedule();
    },
  }, icon("plus"), "Add a creator");

  replace(good, element("p", { class: "sum", role: "status" }, element("span", { class: "soft" }, "This month pays"), dollars, amount), bar.node);
  replace(root, element("section", { class: "board", "aria-label": "Reward calculator" },
    element("div", { class: "side" }, good, trouble),
    element("div", { class: "side" }, about, chart.node),
    element("div", { class: "plan" },
      element("table", null,
        element("caption", { class: "visually-hidden" }, "Creators of the month, with reward and reason"),
        element("thead", null, element("tr", null,
          element("th", { scope: "col" }, element("span", { class: "visually-hidden" }, "Creator")),
          ...COLUMNS.map(([, name]) => element("th", { scope: "col", class: "money" }, name)),
          element("th", { scope: "col", class: "money" }, "Reward"),
          element("th", { scope: "col" }, element("span", { class: "visually-hidden" }, "Remove")))),
        list),
      element("div", { class: "foot" }, add, element("p", { class: "soft" }, `${visible(String(terms.name ?? "Terms"))}, terms version ${visible(String(terms.version ?? "?"))} · `, full)))));
  build();
  compute();
  return () => {
    cancelAnimationFrame(frame);
    chart.remove();
  };
}

/** @param {Row} row @param {number} place @param {() => void} changed @param {(place: number) => void} choose @param {() => void} remove */
function lineOf(row, place, changed, choose, remove) {
  const fields = COLUMNS.map(([column, name]) => bareField(`${name}, creator ${place + 1}`, (value) => {
    row[column] = value;
    changed();
  }));
  const reward = element("td", { class: "money reward" });
  const reason = element("td", { colspan: 6 });
  const why = element("tr", { class: "why", hidden: true }, reason);
  // Beside its field a sentence would have no room.
  const wrong = element("tr", { class: "wrong", hidden: true }, element("td", { colspan: 6 }, ...fields.map((field) => field.error)));
  return {
    fields,
    wrong,
    nodes: [element("tr", { onfocusin: () => choose(place) },
      element("th", { scope: "row" }, String(place + 1)),
      ...fields.map((field) => element("td", null, field.node)),
      reward,
      element("td", null, element("button", { class: "button-icon", type: "button", "aria-label": `Remove creator ${place + 1}`, title: "Remove", onclick: remove }, icon("cross")))), wrong, why],
    tell(/** @type {import("../wasm/calculator.js").CreatorQuote | undefined} */ quote) {
      const base = quote?.lines.find((line) => line.kind === "base");
      const unpaid = quote?.lines.find((line) => line.entitledUsd !== line.creditUsd) ?? (base?.creditUsd === "0" ? base : undefined);
      reward.textContent = quote === undefined ? "–" : usd(quote.creditUsd);
      reason.textContent = unpaid === undefined ? "" : sentence(unpaid.sentence);
      why.hidden = unpaid === undefined;
    },
  };
}
