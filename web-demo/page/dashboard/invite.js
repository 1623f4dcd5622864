// @ts-check
/** What an ambassador sends to a creator: a message, a link, and the link as a picture to scan; signed, if they wish. */

import { copyButton } from "../copy-button.js";
import { announce, element, replace } from "../dom.js";
import { engine } from "../engine.js";
import { failureNote } from "../failure.js";
import { date, shown } from "../format.js";
import { loadInvites, loadInviteTerms } from "../published.js";
import { signingButtons } from "../signing.js";
import { codePicture } from "./code-picture.js";
import { stateMark } from "./pieces.js";
import { ACCEPTED, stateOf } from "./states.js";

/** @typedef {{ creator: string, expires: string, link: string }} SignedInvite */
/**
 * @typedef {object} Inviter
 * @property {string} id
 * @property {string} name
 * @property {string} programme
 * @property {string | undefined} account that the ambassador is paid to
 */

/**
 * Returns the link that welcomes a creator.
 *
 * @param {string} query
 * @returns {string}
 */
export function inviteLink(query) {
  const url = new URL(location.href);
  url.search = "";
  url.hash = `#/invited?${query}`;
  return url.href;
}

/**
 * Returns the panel to invite a creator with.
 *
 * @param {Inviter} inviter
 * @param {AbortSignal} signal
 * @returns {HTMLElement}
 */
export function invitePanel(inviter, signal) {
  const parts = element("div", null);
  /** @param {SignedInvite | undefined} signed */
  const draw = (signed) => replace(parts, signedNote(signed), sendView(inviter, signed));
  draw(undefined);
  return element("section", { class: "section invite", "aria-labelledby": "invite-title" },
    element("h2", { id: "invite-title" }, "Invite a creator"),
    element("p", { class: "soft" }, "Sign the invite in your wallet, and the creator can accept it by signing, too: both signatures together are all that the treasury needs. Without a signature the link only says who you are."),
    inviter.account === undefined ? null : signView(inviter, inviter.account, signal, draw),
    parts,
    acceptancesView(inviter.id));
}

/** The signed acceptances that the treasury has, once somebody looks. @param {string} id */
function acceptancesView(id) {
  const list = element("div", { class: "invite-acceptances" });
  const load = async () => {
    try {
      const own = (await loadInvites()).acceptances.filter((one) => one.ambassador === id);
      replace(list, own.length === 0
        ? element("p", { class: "soft" }, "None is published yet. What a creator sends appears once the treasury has published it.")
        : element("ul", null, ...own.map((one) => element("li", null,
          shown(one.creator), " ", stateMark(one.code === "ACCEPTED" ? ACCEPTED : stateOf(one.code), one.acceptedAt)))));
    } catch (error) {
      replace(list, failureNote(error, () => void load()));
    }
  };
  const view = element("details", { class: "invite-list" }, element("summary", null, "Signed acceptances that the treasury has"), list);
  view.addEventListener("toggle", () => view.open && void load(), { once: true });
  return view;
}

/**
 * @param {Inviter} inviter
 * @param {string} payee
 * @param {AbortSignal} signal
 * @param {(signed: SignedInvite) => void} done
 */
function signView(inviter, payee, signal, done) {
  const creator = element("input", { class: "input", id: "invite-creator", autocomplete: "off", autocapitalize: "none", spellcheck: "false", "aria-describedby": "invite-creator-hint" });
  /** @param {string} account @param {string} now */
  const wish = (account, now) => ({ payee, account, creator: creator.value.trim(), now });
  let asked = wish("", "");
  return element("div", { class: "invite-sign" },
    element("div", { class: "field" },
      element("label", { for: "invite-creator" }, "Creator's id"),
      creator,
      element("p", { class: "field-hint", id: "invite-creator-hint" }, "As the programme calls them, such as nova-beats: letters, digits, dots, hyphens.")),
    signingButtons({
      verb: "Sign with",
      toSign: async (account) => {
        const [wasm, terms] = await Promise.all([engine(), loadInviteTerms()]);
        asked = wish(account, String(Math.floor(Date.now() / 1000)));
        return wasm.inviteToSign(terms, asked);
      },
      signed: async (_, signature) => {
        const [wasm, terms] = await Promise.all([engine(), loadInviteTerms()]);
        const payload = wasm.inviteLink(terms, asked, signature);
        const { expires } = wasm.readInvite(terms, payload);
        if (signal.aborted) return;
        done({ creator: asked.creator, expires, link: inviteLink(`by=${encodeURIComponent(inviter.id)}&invite=${payload}`) });
        announce("The invite is signed. The link below carries it.");
        document.getElementById("invite-link")?.focus();
      },
    }, signal));
}

/** @param {SignedInvite | undefined} signed */
function signedNote(signed) {
  if (signed === undefined) return null;
  return element("p", { class: "invite-signed" },
    stateMark({ icon: "check", word: `Signed for ${shown(signed.creator)}`, tone: "good", stage: undefined }),
    " can be accepted before ", date(signed.expires), ". The link carries the invite itself: keep a copy, nobody else has it.");
}

/**
 * @param {Inviter} inviter
 * @param {SignedInvite | undefined} signed
 */
function sendView({ id, name, programme }, signed) {
  const link = signed?.link ?? inviteLink(`by=${encodeURIComponent(id)}`);
  const words = [
    `Hi! I am an ambassador of ${shown(programme)}. You could launch your own coin, and I would help you with it.`,
    `Have a look at what it is and what you would do next: ${link}`,
    shown(name),
  ];
  const message = element("textarea", { class: "input invite-message", id: "invite-message", rows: "6" }, words.join("\n\n"));
  const address = element("input", { class: "input", id: "invite-link", type: "url", readonly: "", value: link });
  address.addEventListener("focus", () => address.select());
  return element("div", { class: "invite-parts" },
    element("div", { class: "invite-words" },
      element("div", { class: "field" }, element("label", { for: "invite-message" }, "Message"), message),
      copyButton("Copy message", () => message.value)),
    element("div", { class: "invite-words" },
      element("div", { class: "field" }, element("label", { for: "invite-link" }, "Link"), address),
      copyButton("Copy link", () => link)),
    element("figure", { class: signed === undefined ? "invite-code" : "invite-code invite-code-signed" },
      codePicture(link, "QR code of the invite link"),
      element("figcaption", null, "Scan to open the link")));
}
