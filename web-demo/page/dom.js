// @ts-check
/** Builds the document out of elements: never out of markup, so that no text can become markup. */

/** @typedef {Node | string | null | undefined | false | Child[]} Child */
/** @typedef {string | number | boolean | null | undefined | EventListener | ((event: any) => void) | Record<string, string>} Attribute */

const SVG = "http://www.w3.org/2000/svg";
const LINKS = ["http:", "https:", "blob:", "mailto:"];

/**
 * Builds an HTML element.
 *
 * Attributes that start with `on` are listeners, `style` is an object of properties; null, undefined and false are left out.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, Attribute> | null} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function element(tag, attributes = null, ...children) {
  return build(document.createElement(tag), attributes, children);
}

/**
 * Builds an SVG element.
 *
 * @template {keyof SVGElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, Attribute> | null} [attributes]
 * @param {...Child} children
 * @returns {SVGElementTagNameMap[T]}
 */
export function svg(tag, attributes = null, ...children) {
  return build(document.createElementNS(SVG, tag), attributes, children);
}

/**
 * Puts children in the place of all that a parent holds.
 *
 * @template {ParentNode & Node} P
 * @param {P} parent
 * @param {...Child} children
 * @returns {P}
 */
export function replace(parent, ...children) {
  parent.replaceChildren(...flat(children));
  return parent;
}

/**
 * Puts children in the place of all that a parent holds; a link that has the focus gives it to the same link of theirs.
 *
 * @template {HTMLElement} P
 * @param {P} parent
 * @param {...Child} children
 * @returns {P}
 */
export function renew(parent, ...children) {
  const href = parent.contains(document.activeElement) ? document.activeElement?.getAttribute("href") : undefined;
  replace(parent, ...children);
  if (href) [...parent.querySelectorAll("a")].find((link) => link.getAttribute("href") === href)?.focus({ preventScroll: true });
  return parent;
}

/**
 * Says a text to screen readers when they are done with what they say; of texts in quick succession the last.
 *
 * @param {string} text
 */
export function announce(text) {
  const region = document.getElementById("announcer");
  if (region === null) return;
  clearTimeout(pending);
  region.textContent = "";
  pending = setTimeout(() => (region.textContent = text), 120);
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let pending;

/**
 * @template {Element} E
 * @param {E} built
 * @param {Record<string, Attribute> | null} attributes
 * @param {Child[]} children
 * @returns {E}
 */
function build(built, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") built.addEventListener(name.slice(2).toLowerCase(), value);
    else if (typeof value === "object") setStyle(/** @type {any} */ (built), /** @type {Record<string, string>} */ (value));
    else set(built, name, value === true ? "" : String(value));
  }
  built.append(...flat(children));
  return built;
}

/** @param {Element} built @param {string} name @param {string} value */
function set(built, name, value) {
  if (name === "style" || name.startsWith("on")) throw new TypeError(`\`${name}\` is no text`);
  if (name === "href" && !LINKS.includes(new URL(value, document.baseURI).protocol)) throw new TypeError("no such link");
  built.setAttribute(name, value);
}

/** @param {ElementCSSInlineStyle} built @param {Record<string, string>} properties */
function setStyle(built, properties) {
  for (const [name, value] of Object.entries(properties)) built.style.setProperty(name, value);
}

/** @param {Child[]} children @returns {(Node | string)[]} */
function flat(children) {
  const all = /** @type {any[]} */ (children).flat(Infinity);
  return all.filter((child) => child !== null && child !== undefined && child !== false);
}
