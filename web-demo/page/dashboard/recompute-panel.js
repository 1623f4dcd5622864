// @ts-check
/** Recomputes the published months in this browser, and says what is the same and what differs. */

import { announce, element, replace } from "../dom.js";
import { failureNote } from "../failure.js";
import { month, shown } from "../format.js";
import { icon } from "../icons.js";
import { warningNotes } from "./pieces.js";
import { recomputeMonths } from "./recomputing.js";

/** @typedef {import("./recomputing.js").RecomputedMonth} RecomputedMonth */

/**
 * @param {import("../published.js").IndexMonth[]} entries every published month
 * @param {string} last the month up to which they are computed
 * @param {AbortSignal} signal
 * @returns {HTMLElement}
 */
export function recomputePanel(entries, last, signal) {
  const wanted = entries.filter((entry) => entry.month <= last);
  const answer = element("div", { class: "recomputed" });
  const button = element("button", { class: "button-quiet", type: "button" }, icon("shield"), wanted.length === 1 ? "Recompute the month" : "Recompute all months");
  button.addEventListener("click", async () => {
    button.disabled = true;
    const progress = element("p", { class: "soft" }, "Reading …");
    replace(answer, progress);
    try {
      const { months, warnings } = await recomputeMonths(wanted, (done, all) => (progress.textContent = done < all ? `Read ${done} of ${all} files …` : "Computing …"), signal);
      replace(answer, verdict(months), warningNotes(warnings));
      announce(words(months));
    } catch (error) {
      if (!signal.aborted) replace(answer, failureNote(error));
    } finally {
      button.disabled = false;
    }
  });
  const range = wanted.length === 1 ? month(last) : `${month(wanted[0].month)} to ${month(last)}`;
  return element("section", { class: "section recompute no-print", "aria-labelledby": "recompute-title" },
    element("h2", { id: "recompute-title" }, "Check it yourself"),
    element("p", { class: "soft recompute-words" }, `All that ${range} was computed from is published. Your browser can compute it again by the same rules, and compare each statement with the published one, byte for byte.`),
    element("p", null, button),
    answer);
}

/** @param {RecomputedMonth[]} months */
function verdict(months) {
  const good = months.every((one) => one.differing.length === 0 && one.chained);
  return element("div", { class: good ? "note note-good" : "note note-bad" },
    element("p", null, icon(good ? "check" : "warning"), " ", element("strong", null, words(months))),
    months.length === 1 && good ? null : element("ul", { class: "plain" }, ...months.map((one) => element("li", null, `${month(one.month)}: `, monthWords(one)))));
}

/** @param {RecomputedMonth[]} months */
function words(months) {
  const all = months.reduce((count, one) => count + one.statements, 0);
  const same = all - months.reduce((count, one) => count + one.differing.length, 0);
  const broken = months.some((one) => !one.chained) ? " A month does not follow from the one before it." : "";
  return `${same} of ${all} statements are the same to the byte.${broken}`;
}

/** @param {RecomputedMonth} one */
function monthWords({ statements, differing, chained }) {
  const chain = chained ? "" : " Its records do not follow from the month that is published before it.";
  if (differing.length === 0) return `${statements} of ${statements} are the same.${chain}`;
  const names = differing.map(shown).join(", ");
  return `${differing.length === 1 ? "The statement of" : "The statements of"} ${names} ${differing.length === 1 ? "differs" : "differ"} from what the records give.${chain}`;
}
