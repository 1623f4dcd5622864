// @ts-check
/** Lists every referral: where it stands and why, what decides it, what comes next, and each of its lines. */

import { announce, element } from "../dom.js";
import { date, daysUntil, shown, usd } from "../format.js";
import { icon } from "../icons.js";
import { figureWords } from "./figures.js";
import { sentenceText, stateMark } from "./pieces.js";
import { DRAFTED, PAID, kindWord } from "./states.js";
import { supporterCap, tierTable, tierTrack } from "./tiers.js";

/** @typedef {import("./referral.js").Referral} Referral */
/** @typedef {import("./referral.js").Line} Line */
/** @typedef {{ proportions: (parts: string[], whole: string) => number[], addUsd: (amounts: string[]) => string, terms: unknown }} Tools */

const PAGE = 60;

/** @type {[string, (referral: Referral) => boolean][]} */
const CHOICES = [
  ["All", () => true],
  ["Open", (referral) => referral.outlook === "open"],
  ["Paid", (referral) => referral.outlook === "done"],
  ["Ended", (referral) => referral.outlook === "closed"],
];

/**
 * @param {Referral[]} referrals
 * @param {Tools} tools
 * @returns {HTMLElement}
 */
export function referralsPanel(referrals, tools) {
  const list = element("ul", { class: "referrals" });
  const more = element("p", { class: "referrals-more" });
  const buttons = CHOICES.map(([label, fits], position) => {
    const count = referrals.filter(fits).length;
    const attributes = { class: "choice", type: "button", "aria-pressed": String(position === 0), disabled: count === 0, onclick: () => choose(position) };
    return element("button", attributes, label, " ", element("span", { class: "choice-count" }, String(count)));
  });
  const choose = (/** @type {number} */ position) => {
    buttons.forEach((button, other) => button.setAttribute("aria-pressed", String(other === position)));
    const chosen = referrals.filter(CHOICES[position][1]);
    list.replaceChildren();
    extend(chosen);
    announce(chosen.length === 1 ? "1 referral" : `${chosen.length} referrals`);
  };
  const extend = (/** @type {Referral[]} */ chosen) => {
    const from = list.childElementCount;
    list.append(...chosen.slice(from, from + PAGE).map((referral) => referralItem(referral, tools)));
    const left = chosen.length - list.childElementCount;
    more.replaceChildren();
    if (left > 0) more.append(element("button", { class: "button-quiet", type: "button", onclick: () => extend(chosen) }, `Show ${Math.min(left, PAGE)} more of ${left}`));
  };
  extend(referrals);
  return element("section", { class: "section", "aria-labelledby": "referrals-title" },
    element("div", { class: "section-head" },
      element("h2", { id: "referrals-title" }, "Referrals"),
      referrals.length === 0 ? null : element("div", { class: "choices", role: "group", "aria-label": "Show" }, ...buttons)),
    referrals.length === 0 ? noReferrals() : [list, more]);
}

/**
 * Returns the programme's own corrections, which belong to no referral; nothing where there are none.
 *
 * @param {Line[]} lines
 * @returns {HTMLElement | null}
 */
export function adjustmentsPanel(lines) {
  if (lines.length === 0) return null;
  return element("section", { class: "section", "aria-labelledby": "adjustments-title" },
    element("h2", { id: "adjustments-title" }, "Adjustments"),
    element("p", { class: "soft" }, "What the programme adds or takes back beside the referrals, with its reason and who approved it."),
    lineTable(lines, "Adjustments"));
}

/** @param {Referral} referral @param {Tools} tools */
function referralItem(referral, tools) {
  const { creator, view, headline } = referral;
  const launched = view?.launchedAt !== undefined;
  const before = referral.outlook === "closed" ? null : element("span", { class: "soft" }, "No volume before the launch");
  const paid = tools.addUsd(referral.paid);
  return element("li", null, element("details", { class: "referral" },
    element("summary", { class: "referral-row" },
      element("span", { class: "referral-name" }, element("strong", null, shown(creator)), view === undefined ? null : element("span", { class: "soft coin" }, shown(view.coin))),
      element("span", { class: "referral-state" }, headline === undefined ? null : lineMark(headline), element("span", { class: "referral-why" }, why(headline)), stillOpen(referral)),
      element("span", { class: "referral-volume" }, view === undefined ? null : launched ? tierTrack(view, tools.proportions) : before),
      element("span", { class: "referral-paid money" }, element("span", { class: "referral-label" }, "Paid "), paid === "0" ? element("span", { class: "soft" }, "—") : usd(paid)),
      icon("chevron")),
    element("div", { class: "referral-body" },
      lineTable(referral.lines, `Lines of ${shown(creator)}`),
      view !== undefined && launched ? tierTable(view, tools.proportions, supporterCap(tools.terms)) : null,
      view === undefined ? null : element("div", { class: "referral-facts" }, dates(view), useCases(view)))));
}

/** A line's state with the date that belongs to it: when it was earned, or when it changes next. @param {Line} line */
function lineMark({ state, credited, pending }) {
  if (pending !== undefined) return stateMark(state, pending.next, pending.outlook === "locked" ? "– next" : "– until");
  return stateMark(state, credited?.lockedAt, state === PAID ? "– earned" : "");
}

/** @param {Line | undefined} line @returns {import("../dom.js").Child} */
function why(line) {
  if (line === undefined) return ["The statement says nothing of it."];
  const { pending, credited } = line;
  if (pending !== undefined) return [kindWord(line.kind), ": ", sentenceText(pending.sentence), distance(pending.next)];
  return credited === undefined ? [] : [kindWord(line.kind), ": ", figureWords(credited.figures), "."];
}

/** What can still become more beside the headline, and until when. @param {Referral} referral */
function stillOpen({ open }) {
  const kinds = (/** @type {Line[]} */ lines) => lines.map((line) => kindWord(line.kind).toLowerCase()).join(", ");
  const locked = open.filter((line) => line.pending?.outlook === "locked");
  const upcoming = open.filter((line) => line.pending?.outlook === "upcoming");
  const last = upcoming.flatMap((line) => line.pending?.next ?? []).sort().at(-1);
  return [
    locked.length === 0 ? null : element("span", { class: "referral-why" }, `Held back too: ${kinds(locked)}.`),
    upcoming.length === 0 ? null : element("span", { class: "referral-why" }, `Still open: ${kinds(upcoming)}`, last === undefined ? null : [", until ", date(last)], "."),
  ];
}

/** How far off a date is, where it is still to come. @param {string | undefined} instant */
function distance(instant) {
  if (instant === undefined) return null;
  const words = daysUntil(instant);
  return words === "today" || words === "tomorrow" || words.startsWith("in ") ? ` Next: ${words}.` : null;
}

/** @param {Line[]} lines @param {string} caption */
function lineTable(lines, caption) {
  const heads = [["For", ""], ["State", ""], ["Why", ""], ["Next", ""], ["Amount", "money"], ["Paid", "money"]];
  return element("table", { class: "table line-table" },
    element("caption", { class: "visually-hidden" }, caption),
    element("thead", null, element("tr", null, ...heads.map(([text, name]) => element("th", { scope: "col", class: name }, text)))),
    element("tbody", null, ...lines.map((line) => {
      const { credited, pending } = line;
      return element("tr", null,
        element("th", { scope: "row", "data-label": "For" }, kindWord(line.kind)),
        element("td", { "data-label": "State" }, stateMark(line.state)),
        element("td", { "data-label": "Why" }, element("span", null, pending !== undefined ? sentenceText(pending.sentence) : figureWords(credited?.figures ?? []))),
        nextCell(line),
        element("td", { class: "money", "data-label": "Amount" }, usd(pending?.amountUsd ?? credited?.entitledUsd ?? "0")),
        element("td", { class: credited === undefined ? "money nothing" : "money", "data-label": "Paid" }, paidOf(line)));
    })));
}

/** When a line changes next, or since when it is earned. @param {Line} line */
function nextCell({ credited, pending }) {
  const instant = pending === undefined ? credited?.lockedAt : pending.next;
  if (instant === undefined) return element("td", { class: "soft nothing", "data-label": "Next" }, "—");
  const when = pending === undefined ? element("span", { class: "soft" }, "since ", date(instant)) : date(instant);
  return element("td", { "data-label": "Next" }, when);
}

/** @param {Line} line */
function paidOf({ credited, state }) {
  if (credited === undefined) return element("span", { class: "soft" }, "—");
  const before = credited.creditedBeforeUsd === "0" ? null : element("span", { class: "soft paid-when" }, `${usd(credited.creditedBeforeUsd)} before`);
  const now = credited.creditUsd === "0" || state === DRAFTED ? null : element("span", { class: "paid-when" }, usd(credited.creditUsd));
  return before === null && now === null ? element("span", { class: "soft" }, "—") : [now, before];
}

/** @param {import("./referral.js").ReferralView} view */
function dates(view) {
  /** @type {[string, string | undefined][]} */
  const rows = [
    ["Invited", view.invitedAt],
    ["Accepted", view.acceptedAt],
    ["Approved", view.approvedAt],
    ["Launched", view.launchedAt],
    ["Window closes", view.windowCloses],
    ["Late events until", view.graceEnds],
  ];
  return element("dl", { class: "facts facts-wide" }, ...rows.flatMap(([term, instant]) =>
    instant === undefined ? [] : [element("div", { class: "facts-row" }, element("dt", null, term), element("dd", null, date(instant)))]));
}

/** @param {import("./referral.js").ReferralView} view */
function useCases(view) {
  if (view.useCases.length === 0) return element("p", { class: "soft" }, "No use case is live yet.");
  return element("div", { class: "use-cases" },
    element("h3", null, "Use cases"),
    element("ul", { class: "plain" }, ...view.useCases.map((useCase) => element("li", null,
      element("strong", null, shown(useCase.name).replaceAll("_", " ")),
      useCase.innovative ? [" ", element("span", { class: "badge" }, "new")] : null,
      element("span", { class: "soft" }, " · ", shown(useCase.decision), " · live ", date(useCase.liveAt))))));
}

function noReferrals() {
  return element("div", { class: "empty" },
    element("p", null, element("strong", null, "No referrals yet.")),
    element("p", null, "Send the message below to a creator. Once they accept, every step appears here with its reason and its date."));
}
