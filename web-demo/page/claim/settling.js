// @ts-check
/**
 * Puts a new picture in the place of the old one and touches only what differs, so that a selection, the focus, an
 * opened list and a half-made click survive an answer that comes in between.
 */

/** These listen, or are drawn as one: they are kept as they are, or replaced as a whole. */
const WHOLE = new Set(["a", "button", "input", "label", "svg"]);

/**
 * @param {Node & ParentNode} parent
 * @param {Node[]} wanted
 */
export function settle(parent, wanted) {
  const present = [...parent.childNodes];
  for (const [place, node] of wanted.entries()) {
    const old = present[place];
    if (old === undefined) parent.append(node);
    else if (old instanceof Element && node instanceof Element && isAlike(old, node)) adopt(old, node);
    else if (!old.isEqualNode(node)) old.replaceWith(node);
  }
  for (const old of present.slice(wanted.length)) old.remove();
}

/** @param {Element} old @param {Element} node */
function adopt(old, node) {
  // Only the person opens and closes.
  if (old instanceof HTMLDetailsElement && old.id === node.id) node.toggleAttribute("open", old.open);
  if (old.isEqualNode(node)) return;
  for (const name of old.getAttributeNames()) if (!node.hasAttribute(name)) old.removeAttribute(name);
  for (const name of node.getAttributeNames()) {
    const value = /** @type {string} */ (node.getAttribute(name));
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  settle(old, [...node.childNodes]);
}

/** @param {Element} old @param {Element} node */
function isAlike(old, node) {
  return old.localName === node.localName && old.id === node.id && !WHOLE.has(node.localName);
}
