// @ts-check
/** Shows the view that the address names, keeps title and focus, and says so when one fails. */

import { announce, element, replace } from "./dom.js";
import { failureView } from "./failure.js";

/** @typedef {{ path: string[], query: URLSearchParams }} Route */
/** @typedef {{ demo: boolean }} Site */
/**
 * @typedef {object} Context
 * @property {Site} site
 * @property {AbortSignal} signal ends when the view is left
 * @property {(text: string) => void} setTitle names the view more closely, once it knows
 */
/** @typedef {{ title: string | ((route: Route) => string), show: (main: HTMLElement, route: Route, context: Context) => Promise<(() => void) | void> }} View */

const NAME = "Rally Ambassadors";

/** @type {Record<string, () => Promise<View>>} */
const ROOMS = {
  "": () => import("./calculator.js"),
  ambassadors: () => import("./dashboard.js"),
  treasury: () => import("./treasury.js"),
  claim: () => import("./claim.js"),
  invited: () => import("./invited.js"),
};

const main = /** @type {HTMLElement} */ (document.getElementById("main"));
let leave = () => {};
let first = true;

/**
 * Reads the route in an address's hash.
 *
 * @param {string} hash `#/ambassadors/alex?month=2020-12`
 * @returns {Route}
 */
export function readRoute(hash) {
  const [path, ...query] = hash.replace(/^#\/?/, "").split("?");
  return { path: path.split("/").filter((part) => part !== "").map(decoded), query: new URLSearchParams(query.join("?")) };
}

/** @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** @param {Site} site */
async function navigate(site) {
  if (location.hash !== "" && !location.hash.startsWith("#/")) return;
  leave();
  const route = readRoute(location.hash);
  const room = route.path[0] ?? "";
  const stage = element("div", { class: "stage" }, skeleton());
  const left = new AbortController();
  /** @type {() => void} */
  let cleanUp = () => {};
  leave = () => {
    left.abort();
    cleanUp();
  };
  markRoom(room);
  replace(main, stage);
  if (!first) window.scrollTo(0, 0);
  try {
    if (!Object.hasOwn(ROOMS, room)) throw new MissingViewError();
    const view = await ROOMS[room]();
    if (left.signal.aborted) return;
    const setTitle = (/** @type {string} */ text) => {
      if (!left.signal.aborted) document.title = text === "" ? NAME : `${text} · ${NAME}`;
    };
    setTitle(typeof view.title === "function" ? view.title(route) : view.title);
    const done = (await view.show(stage, route, { site, signal: left.signal, setTitle })) ?? (() => {});
    if (left.signal.aborted) return done();
    cleanUp = done;
  } catch (error) {
    if (left.signal.aborted) return;
    document.title = `Not shown · ${NAME}`;
    replace(stage, failureView(error, () => void navigate(site)));
  }
  if (!left.signal.aborted) arrive(stage);
}

/** Moves the focus to the view's heading, as a new page would; the first view is a new page already. @param {HTMLElement} stage */
function arrive(stage) {
  if (first) {
    first = false;
    return;
  }
  announce(document.title);
  // Who already went on inside the view is left there.
  if (document.activeElement !== null && stage.contains(document.activeElement)) return;
  const heading = stage.querySelector("h1");
  heading?.setAttribute("tabindex", "-1");
  (heading ?? main).focus({ preventScroll: true });
}

/** @param {string} room */
function markRoom(room) {
  const shownRoom = room === "invited" ? "ambassadors" : room;
  for (const link of document.querySelectorAll(".nav a")) {
    if (link.getAttribute("data-room") === shownRoom) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function skeleton() {
  return element("div", { class: "view view-waiting", "aria-busy": "true" },
    element("h1", { class: "visually-hidden" }, "Loading"),
    element("div", { class: "skeleton skeleton-title" }),
    element("div", { class: "skeleton skeleton-line" }),
    element("div", { class: "skeleton skeleton-block" }));
}

/** Why no view is shown for an address. */
class MissingViewError extends Error {
  constructor() {
    super("There is no such place on this page.");
    this.name = "MissingViewError";
    this.code = "NO_SUCH_VIEW";
    this.help = "Choose one of the places at the top.";
  }
}

/** @returns {Promise<Site>} */
async function readSite() {
  try {
    const response = await fetch(new URL("./site.json", import.meta.url), { cache: "no-cache" });
    const site = response.ok ? await response.json() : {};
    return { demo: site?.demo === true };
  } catch {
    return { demo: false };
  }
}

async function start() {
  const site = await readSite();
  if (site.demo) await import("./demo-wallet.js").catch((error) => console.error(error));
  addEventListener("hashchange", () => void navigate(site));
  document.querySelector(".skip")?.addEventListener("click", (event) => {
    event.preventDefault();
    main.focus();
  });
  await navigate(site);
  const { keepOffline } = await import("./offline.js");
  await keepOffline();
}

void start();
