// @ts-check
/** The page that welcomes a creator whom an ambassador invites (`#/invited?by=alex`), and lets them accept a signed invite. */

import { acceptView, inviteFacts, openInvite } from "./accepting.js";
import { stateMark } from "./dashboard/pieces.js";
import { welcomeTerms } from "./dashboard/welcome-terms.js";
import { element, replace } from "./dom.js";
import { failureNote } from "./failure.js";
import { address, shown } from "./format.js";
import { isForm, loadIndex, loadMonth, loadTerms } from "./published.js";

export const title = "You are invited";

/**
 * @param {HTMLElement} main
 * @param {import("./app.js").Route} route
 * @param {import("./app.js").Context} context
 */
export async function show(main, { query }, { setTitle, signal }) {
  const by = query.get("by");
  const link = query.get("invite");
  const index = await loadIndex();
  const newest = index.months.at(-1);
  const [summary, terms] = newest === undefined ? [undefined, undefined] : await Promise.all([
    loadMonth(newest.month).then((one) => one.summary, () => undefined),
    loadTerms(newest.termsVersion).catch(() => undefined),
  ]);
  const [opened, refused] = link === null ? [] : await openInvite(link).then((invite) => [invite, undefined], (error) => [undefined, error]);
  const known = summary?.ambassadors.find(inviting(by, link, opened));
  const name = known === undefined ? "the ambassador" : shown(known.name);
  const programme = shown(index.programme);
  setTitle(known === undefined ? "You are invited" : `${shown(known.name)} invites you`);
  replace(main, element("div", { class: "view welcome" },
    element("header", null,
      element("p", { class: "soft" }, programme),
      element("h1", null, known === undefined ? "You are invited to launch your coin" : `${shown(known.name)} invites you to launch your coin`),
      element("p", { class: "lead" }, "Creators on the network launch a coin of their own, and their community uses it. Ambassadors bring creators and help them start. The treasury pays the ambassadors for it: nothing is taken from you or your coin.")),
    refused === undefined ? null : failureNote(refused),
    known === undefined ? unknown(by, link, opened) : inviter(known),
    opened === undefined ? null : inviteFacts(opened),
    opened === undefined || known === undefined ? null : acceptView(opened, name, signal),
    element("section", { class: "section", "aria-labelledby": "next-title" },
      element("h2", { id: "next-title" }, "What you do next"),
      element("ol", { class: "welcome-steps" }, ...steps((opened?.terms ?? terms)?.table, known?.name, opened !== undefined))),
    opened === undefined && terms === undefined ? null : welcomeTerms((opened?.terms ?? terms)?.table)));
}

/**
 * Who invites: of a signed invite the account says it, whatever else the link says; one that was refused names nobody.
 *
 * @param {string | null} by
 * @param {string | null} link
 * @param {import("./accepting.js").Opened | undefined} opened
 * @returns {(row: { id: string, account: string | undefined }) => boolean}
 */
function inviting(by, link, opened) {
  if (opened !== undefined) return (row) => row.account === opened.invite.ambassador;
  return (row) => link === null && isForm("identifier", by) && row.id === by;
}

/** @param {string | null} by @param {string | null} link @param {import("./accepting.js").Opened | undefined} opened */
function unknown(by, link, opened) {
  if (opened !== undefined) return foreign(opened.invite.ambassador);
  return link === null ? stranger(by) : null;
}

/** @param {{ id: string, name: string, account: string | undefined }} row */
function inviter(row) {
  return element("p", { class: "welcome-inviter" },
    stateMark({ icon: "check", word: `${shown(row.name)} is an ambassador of this programme`, tone: "good", stage: undefined }),
    row.account === undefined ? null : element("span", { class: "soft" }, " paid to ", address(row.account)));
}

/** @param {string} account */
function foreign(account) {
  return element("div", { class: "note note-warn" },
    element("p", null, element("strong", null, "No ambassador of this programme is paid to the account that signed this invite.")),
    element("p", null, "The account is ", address(account), ". Ask who sent the link; until then accept nothing in their name. ",
      element("a", { href: "#/ambassadors" }, "All ambassadors")));
}

/** @param {string | null} by */
function stranger(by) {
  const who = by === null || by === "" ? "The link names nobody" : `The link names “${shown(by.slice(0, 64))}”`;
  return element("div", { class: "note note-warn" },
    element("p", null, element("strong", null, `${who}, and no ambassador of this programme is called so.`)),
    element("p", null, "It may be mistyped, or not from an ambassador. Ask who sent it for their link; until then accept no invite in their name. ",
      element("a", { href: "#/ambassadors" }, "All ambassadors")));
}

/**
 * @param {unknown} terms
 * @param {string | undefined} name
 * @param {boolean} signed whether the invite can be accepted on this page
 */
function steps(terms, name, signed) {
  const ambassador = name === undefined ? "the ambassador" : shown(name);
  const accept = days(terms, "accept_days");
  const launch = days(terms, "launch_days");
  const month = days(terms, "days");
  const first = signed
    ? ["Accept the invite above", `Your wallet signs it, and you send the file to the treasury or to ${ambassador}. The first invite that you accept counts.`]
    : [`Tell ${ambassador} that you want to take part`, `They have the programme note the invite.${accept === undefined ? "" : ` You accept it on the network within ${accept} days.`} The first invite that you accept counts.`];
  return [
    first,
    ["Wait for the network's approval", "The network looks at every creator before a coin can launch."],
    ["Launch your coin", launch === undefined ? "When it suits you." : `Within ${launch} days of the approval, when it suits you.`],
    ["Give it a use", `${month === undefined ? "Soon after the launch" : `In the first ${month} days`}: a gated channel, a discount, a raffle, or an idea of your own. ${name === undefined ? "An ambassador" : ambassador} helps you.`],
  ].map(([title, words]) => element("li", null, element("strong", null, title), element("p", { class: "soft" }, words)));
}

/**
 * A whole number of days in the terms' window, where the terms have one.
 *
 * @param {unknown} terms
 * @param {string} name
 * @returns {number | undefined}
 */
function days(terms, name) {
  const frame = typeof terms === "object" && terms !== null ? Reflect.get(terms, "window") : undefined;
  const value = typeof frame === "object" && frame !== null ? Reflect.get(frame, name) : undefined;
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
