// @ts-check
/** A signed invite on the creator's page: who invites, until when, under which terms, and the acceptance to sign. */

import { copyButton } from "./copy-button.js";
import { facts, hashText, stateMark } from "./dashboard/pieces.js";
import { announce, element, replace } from "./dom.js";
import { engine } from "./engine.js";
import { address, dateTime, shown } from "./format.js";
import { icon } from "./icons.js";
import { downloadUrl, loadInviteTerms } from "./published.js";
import { signingButtons } from "./signing.js";

/** @typedef {import("./wasm/ambassador.js").InviteView} InviteView */
/** @typedef {import("./published.js").TermsFile} TermsFile */
/** @typedef {{ invite: InviteView, terms: TermsFile, all: TermsFile[], link: string }} Opened */

/**
 * Reads the invite that a link carries; its signature is checked.
 *
 * @param {string} link
 * @returns {Promise<Opened>}
 */
export async function openInvite(link) {
  const [wasm, all] = await Promise.all([engine(), loadInviteTerms()]);
  const invite = wasm.readInvite(all, link);
  const terms = all.find((one) => one.hash === invite.terms);
  if (terms === undefined) throw new Error("the terms of the invite are not among those that were read");
  return { invite, terms, all, link };
}

/**
 * Returns what the invite says, as it was signed.
 *
 * @param {Opened} opened
 * @returns {HTMLElement}
 */
export function inviteFacts({ invite, terms }) {
  return element("section", { class: "section", "aria-labelledby": "signed-title" },
    element("h2", { id: "signed-title" }, "The signed invite"),
    element("p", null, stateMark({ icon: "check", word: "Signed by the ambassador's account", tone: "good", stage: undefined })),
    facts([
      ["For", shown(invite.creator)],
      ["From the account", address(invite.ambassador)],
      ["Made", dateTime(invite.invitedAt)],
      ["To accept before", dateTime(invite.expires)],
      ["Terms", element("span", null, `version ${invite.termsVersion}, `, element("a", { href: downloadUrl("terms", String(invite.termsVersion)) }, "as they were voted"))],
      ["Terms' hash", hashText(terms.hash)],
    ]));
}

/**
 * Returns the form in which a creator accepts, and afterwards the file to send.
 *
 * @param {Opened} opened
 * @param {string} ambassador a name
 * @param {AbortSignal} signal
 * @returns {HTMLElement}
 */
export function acceptView({ invite, all, link }, ambassador, signal) {
  const coin = element("input", { class: "input", id: "accept-coin", autocomplete: "off", spellcheck: "false", "aria-describedby": "accept-coin-hint" });
  const result = element("div", null);
  /** @param {string} account @param {string} now */
  const wish = (account, now) => ({ coin: coin.value.trim(), account, now });
  let asked = wish("", "");
  return element("section", { class: "section accept", "aria-labelledby": "accept-title" },
    element("h2", { id: "accept-title" }, "Accept"),
    element("p", { class: "soft" }, `You sign that ${ambassador} invited ${shown(invite.creator)}, with an account of your own. The account stays between you and the treasury: it is not published, and what it buys of your own coin does not count.`),
    element("div", { class: "invite-sign" },
      element("div", { class: "field" },
        element("label", { for: "accept-coin" }, "Your coin's id"),
        coin,
        element("p", { class: "field-hint", id: "accept-coin-hint" }, "The ticker that your coin has or will have on the network, such as NOVA.")),
      signingButtons({
        verb: "Accept with",
        toSign: async (account) => {
          asked = wish(account, String(Math.floor(Date.now() / 1000)));
          return (await engine()).acceptanceToSign(all, link, asked);
        },
        signed: async (_, signature) => {
          const text = (await engine()).acceptanceFile(all, link, asked, signature);
          if (signal.aborted) return;
          replace(result, acceptedView(invite, text, signal));
          announce("You have accepted. Send the file to the treasury.");
          document.getElementById("accepted-title")?.focus();
        },
      }, signal)),
    result);
}

/** @param {InviteView} invite @param {string} text @param {AbortSignal} signal */
function acceptedView(invite, text, signal) {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  signal.addEventListener("abort", () => URL.revokeObjectURL(url));
  const name = `${invite.creator}-${invite.digest.slice(2, 10)}.json`;
  return element("div", { class: "note note-good accepted" },
    element("h3", { id: "accepted-title", tabindex: "-1" }, icon("check"), " You have accepted"),
    element("p", null, "Send this file, or its text, to the treasury or to your ambassador. Nothing was sent by itself."),
    element("p", { class: "row" },
      element("a", { class: "button", href: url, download: name }, icon("download"), "Download the acceptance"),
      copyButton("Copy the text", () => text)),
    element("details", null, element("summary", null, "The text"),
      element("textarea", { class: "input accepted-text", readonly: "", rows: "12", "aria-label": "The acceptance as text" }, text)));
}
