// @ts-check
/** The calculator: what a month of referrals pays, in dollars and exact tokens, and why. */

import { creatorsTable } from "./calculator/creators.js";
import { capsPanel, termsLine } from "./calculator/caps.js";
import { embedding } from "./calculator/embedding.js";
import { heroView } from "./calculator/hero.js";
import { LinkError, isOtherTerms, readLink, writeLink } from "./calculator/link.js";
import { PRESETS, draftOf } from "./calculator/presets.js";
import { pricePanel } from "./calculator/price.js";
import { resultView } from "./calculator/result.js";
import { Store } from "./calculator/store.js";
import { openedTerms, publishedCloses, publishedTerms } from "./calculator/terms.js";
import { toolbar } from "./calculator/toolbar.js";
import { traceView } from "./calculator/trace.js";
import { element, replace } from "./dom.js";
import { engine } from "./engine.js";
import { failureNote } from "./failure.js";
import { tokens, usd } from "./format.js";
import { icon } from "./icons.js";

/** @typedef {import("./app.js").Route} Route */
/** @typedef {import("./calculator/plan.js").Draft} Draft */
/** @typedef {import("./calculator/terms.js").Terms} Terms */
/** @typedef {import("./calculator/link.js").Linked} Linked */

export const title = "Calculator";

/** The address follows the plan when typing rests. */
const REST = 400;

/** The plan while other places of the page are visited. @type {{ draft: Draft, terms: Terms } | undefined} */
let kept;

/** @type {import("./app.js").View["show"]} */
export async function show(main, route) {
  const { linked, failure } = read(route);
  const [rules, published, terms] = await Promise.all([engine(), publishedCloses(), termsFor(linked)]);
  if (terms instanceof Error || terms === undefined) return showWithoutTerms(main, route, terms);
  const closes = { month: published?.month ?? "", closes: (published?.closes ?? []).map((close) => ({ ...close })) };
  const fresh = draftOf(PRESETS[0], closes);
  const store = new Store(rules, terms, linked === undefined ? (kept?.draft ?? fresh) : restored(linked, fresh));
  return showPlan(main, store, published, linked, failure);
}

/** @param {HTMLElement} main @param {Store} store @param {import("./calculator/terms.js").Published | undefined} published @param {Linked | undefined} linked @param {unknown} failure */
function showPlan(main, store, published, linked, failure) {
  const { terms } = store.state;
  /** @type {string | undefined} */
  let hash;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let rest;
  const link = () => new URL(`#/?${writeLink(store.state.draft, { version: terms.version, hash })}`, document.baseURI).href;
  const writeAddress = () => {
    clearTimeout(rest);
    rest = setTimeout(() => {
      if (store.state.faults.length === 0) history.replaceState(null, "", link());
    }, REST);
  };
  const heading = element("h2", { id: "creators-title" }, "Creators");
  const notes = element("div", { class: "link-notes" }, failure === undefined ? null : failureNote(failure));
  const bar = toolbar(store, link);
  const result = resultView(store);
  const running = element("p", { class: "running no-print", "aria-hidden": "true" });
  const creators = creatorsTable(store, running);
  const hero = heroView(store, creators.reveal);
  const price = pricePanel(store, published);
  const caps = capsPanel(store);
  const trace = traceView(store);
  let quiet = true;
  store.listen((state) => {
    for (const part of [bar, result, hero, creators, price, caps, trace]) part.update(state);
    const count = state.draft.rows.length;
    replace(heading, count === 0 ? "No creators" : count === 1 ? "One creator" : `${count.toLocaleString("en")} creators`);
    if (state.result !== undefined) replace(running, element("span", null, "Together"), element("span", null, element("strong", null, usd(state.result.quote.totalUsd)), ` = ${tokens(state.result.quote.tokens, state.result.quote.symbol)}`));
    running.classList.toggle("sum-stale", state.faults.length > 0);
    kept = { draft: state.draft, terms };
    // A visitor who changed nothing keeps the clean address.
    if (quiet) quiet = false;
    else writeAddress();
  });
  void terms.hash.then((text) => {
    hash = text;
    if (isOtherTerms(linked?.hash, text)) notes.append(otherTermsNote());
  });
  replace(main, element("div", { class: "view calculator" },
    element("header", null,
      element("h1", null, "What does a month pay?"),
      element("p", { class: "lead" }, "Plan the creators you bring, and see what the terms pay for them: in dollars, in exact tokens, and with the reason of every line.")),
    notes, bar.node,
    element("div", { class: "top" }, result.node, hero.node),
    element("section", { class: "creators", "aria-labelledby": "creators-title" }, heading, creators.node),
    element("div", { class: "settings" }, price.node, caps.node),
    trace.node, termsLine(terms), embedding()));
  const watch = new IntersectionObserver(([entry]) => running.classList.toggle("running-open", !entry.isIntersecting));
  watch.observe(result.node);
  store.compute();
  const paper = (/** @type {Event} */ event) => creators.showAll(event.type === "beforeprint");
  addEventListener("beforeprint", paper);
  addEventListener("afterprint", paper);
  return () => {
    clearTimeout(rest);
    removeEventListener("beforeprint", paper);
    removeEventListener("afterprint", paper);
    watch.disconnect();
    hero.remove();
    store.stop();
  };
}

/** @param {Route} route @returns {{ linked: Linked | undefined, failure: unknown }} */
function read({ query }) {
  try {
    return { linked: readLink(query), failure: undefined };
  } catch (error) {
    if (error instanceof LinkError) return { linked: undefined, failure: error };
    throw error;
  }
}

/** @param {Linked} linked @param {Draft} fresh @returns {Draft} */
function restored({ rows, price, changes }, fresh) {
  return { rows, price: { ...fresh.price, ...price }, changes };
}

/** @param {Linked | undefined} linked @returns {Promise<Terms | Error | undefined>} */
async function termsFor(linked) {
  if (kept !== undefined && (linked === undefined || linked.version === kept.terms.version)) return kept.terms;
  try {
    return await publishedTerms(linked?.version);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** @param {HTMLElement} main @param {Route} route @param {Error | undefined} failure */
async function showWithoutTerms(main, route, failure) {
  const trouble = element("div", { class: "link-notes" }, failure === undefined ? null : failureNote(failure));
  const input = element("input", {
    type: "file", accept: ".toml", id: "terms-file", class: "visually-hidden file-input",
    onchange: async () => {
      const file = input.files?.[0];
      if (file === undefined) return;
      try {
        const terms = await openedTerms(file);
        const rules = await engine();
        const fresh = draftOf(PRESETS[0], { month: "", closes: [] });
        const { linked } = read(route);
        const store = new Store(rules, terms, linked === undefined ? fresh : restored(linked, fresh));
        stop = showPlan(main, store, undefined, undefined, undefined);
      } catch (error) {
        replace(trouble, failureNote(error));
      }
    },
  });
  let stop = () => {};
  replace(main, element("div", { class: "view" },
    element("header", null, element("h1", null, "What does a month pay?"), element("p", { class: "lead" }, "The calculator computes by the terms of a programme.")),
    trouble,
    element("div", { class: "empty" },
      element("h2", null, failure === undefined ? "No terms are published here yet" : "The terms could not be read"),
      element("p", null, "Open a programme's terms file to compute with it. It stays on this device."),
      input, element("label", { class: "button", for: "terms-file" }, icon("file"), "Open a terms file"))));
  return () => stop();
}

function otherTermsNote() {
  return element("div", { class: "note note-warn" }, element("p", null, "This link was made with other terms than those published here: its numbers may have been different."));
}
