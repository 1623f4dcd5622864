// @ts-check
/** The ways to claims: a wallet, a name, files; and the way without any wallet, by hand. */

import { element } from "../dom.js";
import { address, shown } from "../format.js";
import { icon } from "../icons.js";
import { walletName } from "./flow.js";
import { fact, whole } from "./pieces.js";
import { apart, isJudged, redeemable } from "./state.js";

/** @typedef {import("./state.js").Model} Model */
/** @typedef {import("./state.js").Item} Item */
/** @typedef {import("./state.js").Act} Act */

/**
 * The first look of the page, when nobody is named and no wallet is connected.
 *
 * @param {Model} model
 * @param {{ id: string, name: string }[]} names
 * @param {Act} act
 */
export function startView({ seat }, names, act) {
  return element("div", { class: "claim-ways" },
    element("section", { class: "claim-way", "aria-labelledby": "way-wallet" },
      element("h2", { id: "way-wallet" }, icon("wallet"), " With your wallet"),
      element("p", null, "Finds every claim that pays your account."),
      ...connectButtons(seat, act)),
    names.length === 0 ? null : element("section", { class: "claim-way", "aria-labelledby": "way-name" },
      element("h2", { id: "way-name" }, icon("person"), " By name"),
      element("p", null, "Claims are public, and anybody may send one: the money goes to the ambassador."),
      element("ul", { class: "claim-names" }, ...names.map(({ id, name }) => element("li", null,
        element("a", { href: `#/claim?ambassador=${encodeURIComponent(id)}` }, shown(name)))))),
    element("section", { class: "claim-way", "aria-labelledby": "way-files" },
      element("h2", { id: "way-files" }, icon("file"), " From files"),
      element("p", null, "A claim file and its statement file are enough; nothing leaves this browser."),
      filesView(act)));
}

/** A place to drop claim files on, which is a button, too. @param {Act} act */
export function filesView(act) {
  const input = /** @type {HTMLInputElement} */ (element("input", {
    type: "file", multiple: true, accept: "application/json,.json", class: "visually-hidden", id: "claim-files",
    onchange: () => act.open(input.files ?? []),
  }));
  const zone = element("label", { class: "claim-drop", for: "claim-files" },
    icon("file"), element("span", null, element("strong", null, "Choose files"), " or drop them here"));
  return element("div", { class: "claim-drop-zone" }, input, zone);
}

/**
 * How to send claims without this page.
 *
 * @param {Item[]} items
 * @param {import("./state.js").Judgement} judgement
 * @param {typeof import("../wasm/ambassador.js")} wasm
 */
export function byHandView(items, judgement, wasm) {
  const wanted = isJudged(judgement, items) ? redeemable(judgement, items) : apart(items);
  if (wanted.length === 0) return null;
  const call = wasm.redeemCall(wanted.map((item) => item.bytes));
  const command = `cast send ${call.to} --data ${call.data}`;
  return element("details", { class: "claim-hand", id: `hand-${items[0].key}` },
    element("summary", null, "Send it without this page"),
    element("p", null, "Any wallet or tool that sends transactions can redeem: call the contract with this data and no ether. The project's page “Redeeming by hand” (docs/redeem.md) has every step."),
    element("dl", { class: "claim-facts" },
      fact("Contract", whole(call.to)),
      fact("Data", element("code", { class: "claim-data", tabindex: "0", role: "textbox", "aria-readonly": "true", "aria-label": "Data of the call" }, call.data))),
    copyButton("Copy the data", call.data),
    " ",
    copyButton("Copy as a command", command));
}

/** @param {import("./state.js").Seat} seat @param {Act} act @returns {(Node | null)[]} */
function connectButtons(seat, act) {
  if (seat.kind === "searching") return [element("p", { class: "claim-soft" }, "Looking for a wallet…")];
  if (seat.kind === "none") {
    return [element("p", { class: "claim-soft" }, "There is no wallet in this browser. Install one that is an extension of it, or open this page in your wallet's own browser.")];
  }
  if (seat.kind === "connected") {
    return [
      element("p", null, ...walletName(seat.wallet), " ", address(seat.account)),
      element("p", { class: "claim-buttons" },
        element("button", { class: "button", type: "button", id: "claim-connect", "data-wallet": seat.wallet.id, onclick: () => act.connect(seat.wallet) }, "Find its claims"),
        element("button", { class: "button-quiet", type: "button", id: "claim-account", onclick: act.changeAccount }, "Use another account")),
    ];
  }
  if (seat.wallets.length === 1) {
    return [element("button", { class: "button", type: "button", id: "claim-connect", "data-wallet": seat.wallet.id, onclick: () => act.connect(seat.wallet) }, "Connect ", ...walletName(seat.wallet))];
  }
  return [element("ul", { class: "claim-wallets" }, ...seat.wallets.map((wallet) => element("li", null,
    element("button", { class: "button-quiet claim-wallet", type: "button", "data-wallet": wallet.id, onclick: () => act.connect(wallet) }, ...walletName(wallet)))))];
}

/** @param {string} word @param {string} text */
function copyButton(word, text) {
  const button = element("button", {
    class: "button-quiet", type: "button", "data-text": text,
    onclick: async () => {
      const done = await navigator.clipboard.writeText(text).then(() => true, () => false);
      button.textContent = done ? "Copied" : "Copying is not allowed here: select the text instead";
    },
  }, word);
  return button;
}
