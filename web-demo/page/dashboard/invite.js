// @ts-check
/** What an ambassador sends to a creator: a message, a link, and the link as a picture to scan. */

import { announce, element } from "../dom.js";
import { shown } from "../format.js";
import { icon } from "../icons.js";
import { codePicture } from "./code-picture.js";

/**
 * Returns the link that welcomes a creator whom this ambassador invites.
 *
 * @param {string} id
 * @returns {string}
 */
export function inviteLink(id) {
  const url = new URL(location.href);
  url.search = "";
  url.hash = `#/invited?by=${encodeURIComponent(id)}`;
  return url.href;
}

/**
 * Returns the panel to invite a creator with.
 *
 * @param {string} id
 * @param {string} name
 * @param {string} programme
 * @returns {HTMLElement}
 */
export function invitePanel(id, name, programme) {
  const link = inviteLink(id);
  const words = [
    `Hi! I am an ambassador of ${shown(programme)}. You could launch your own coin, and I would help you with it.`,
    `Have a look at what it is and what you would do next: ${link}`,
    shown(name),
  ];
  const message = /** @type {HTMLTextAreaElement} */ (
    element("textarea", { class: "input invite-message", id: "invite-message", rows: "6" }, words.join("\n\n"))
  );
  const address = /** @type {HTMLInputElement} */ (
    element("input", { class: "input", id: "invite-link", type: "url", readonly: "", value: link })
  );
  address.addEventListener("focus", () => address.select());
  return element("section", { class: "section invite", "aria-labelledby": "invite-title" },
    element("h2", { id: "invite-title" }, "Invite a creator"),
    element("p", { class: "soft" }, "Change the words as you like. The link tells the creator who invites; the programme records the invite when you tell it, and the first acceptance counts."),
    element("div", { class: "invite-parts" },
      element("div", { class: "invite-words" },
        element("div", { class: "field" }, element("label", { for: "invite-message" }, "Message"), message),
        copyButton("Copy message", () => message.value)),
      element("div", { class: "invite-words" },
        element("div", { class: "field" }, element("label", { for: "invite-link" }, "Link"), address),
        copyButton("Copy link", () => link)),
      element("figure", { class: "invite-code" },
        codePicture(link, "QR code of the invite link"),
        element("figcaption", null, "Scan to open the link"))));
}

/**
 * @param {string} label
 * @param {() => string} text
 * @returns {HTMLElement}
 */
function copyButton(label, text) {
  const word = element("span", null, label);
  const button = element("button", { class: "button-quiet", type: "button" }, icon("copy"), word);
  let restore = 0;
  button.addEventListener("click", async () => {
    clearTimeout(restore);
    try {
      await navigator.clipboard.writeText(text());
      word.textContent = "Copied";
      announce("Copied.");
    } catch {
      word.textContent = "Select the text and copy it";
      announce("The browser does not allow copying. Select the text and copy it.");
    }
    restore = window.setTimeout(() => (word.textContent = label), 2500);
  });
  return button;
}
