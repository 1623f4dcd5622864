// @ts-check
/** Registers the worker that keeps the page for later, where the browser and the host allow it. */

const WORKER = "sw.js";

/** Registers the worker; without one the page works as well, but only with a connection. */
export async function keepOffline() {
  if (!("serviceWorker" in navigator) || !isSecureContext) return;
  const first = navigator.serviceWorker.controller === null;
  try {
    await navigator.serviceWorker.register(/** @type {string} */ (trusted(WORKER)), { scope: "./" });
    if (first) navigator.serviceWorker.addEventListener("controllerchange", () => void askAgain(), { once: true });
  } catch (error) {
    console.info("This page will not work offline:", error);
  }
}

/** Lets the worker keep what was published and already read: the first visit was not its own. */
async function askAgain() {
  const published = new URL("published/", document.baseURI).href;
  const read = performance.getEntriesByType("resource").map((entry) => entry.name).filter((name) => name.startsWith(published));
  await Promise.allSettled([...new Set(read)].map((name) => fetch(name)));
}

/** The one script address that is ever given to the browser as text. @param {string} url @returns {unknown} */
function trusted(url) {
  const types = /** @type {any} */ (globalThis).trustedTypes;
  if (types === undefined) return url;
  const policy = types.createPolicy("offline", {
    createScriptURL: (/** @type {string} */ asked) => {
      if (asked === WORKER) return asked;
      throw new TypeError("no such worker");
    },
  });
  return policy.createScriptURL(url);
}
