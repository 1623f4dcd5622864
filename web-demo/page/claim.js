// @ts-check
/** The claim page: draws the model, and does what a person asks of it. */

import { deskView } from "./claim/desk.js";
import { ambassadors, ofAccount, ofAmbassador, ofFiles } from "./claim/find.js";
import { problemView } from "./claim/flow.js";
import { judgeDesk } from "./claim/judging.js";
import { waiting } from "./claim/pieces.js";
import { sentView } from "./claim/receipt.js";
import { redeem, resume } from "./claim/redeeming.js";
import { seatIn, watchSeat } from "./claim/seat.js";
import { settle } from "./claim/settling.js";
import { INITIAL, isBusy, next } from "./claim/state.js";
import { forget as forgetSent } from "./claim/transaction.js";
import { filesView, startView } from "./claim/ways.js";
import { problemOf } from "./claim/words.js";
import { announce, element, replace } from "./dom.js";
import { engine } from "./engine.js";
import { shown } from "./format.js";
import { changeAccount, connect } from "./wallet.js";

/** @typedef {import("./claim/state.js").Model} Model */
/** @typedef {import("./claim/state.js").Event} Event */
/** @typedef {import("./claim/state.js").Found} Found */
/** @typedef {import("./claim/state.js").Act} Act */
/**
 * What the rooms of the page share: the model as it is now, and the only way to change it.
 *
 * @typedef {{ model(): Model, tell(event: Event): void, wasm: typeof import("./wasm/ambassador.js"), signal: AbortSignal }} Page
 */

export const title = "Claim";

/**
 * @param {HTMLElement} main
 * @param {import("./app.js").Route} route
 * @param {import("./app.js").Context} context
 * @returns {Promise<() => void>}
 */
export async function show(main, { query }, context) {
  const heading = element("h1", { tabindex: "-1" }, "Redeem a claim");
  const lead = element("p", { class: "lead" }, "Every claim is checked in this page, against its statement and against the chain, before anything is sent.");
  const body = element("div", { class: "claim-body" });
  replace(main, element("div", { class: "view claim" }, element("header", null, heading, lead), body));

  const wasm = await engine();
  const stop = new AbortController();
  let model = INITIAL;
  /** @type {{ id: string, name: string }[]} */
  let names = [];
  /** @type {Page} */
  const page = {
    model: () => model,
    tell(event) {
      if (stop.signal.aborted) return;
      const before = model;
      model = next(model, event);
      if (model === before) return;
      draw();
      speak(before, model);
    },
    wasm,
    signal: stop.signal,
  };

  /** @param {() => Promise<Found>} find @param {string} sentence @param {string} nothing */
  const open = async (find, sentence, nothing) => {
    again = () => open(find, sentence, nothing);
    page.tell({ kind: "place", place: { kind: "looking", sentence } });
    try {
      const found = await find();
      if (found.items.length === 0 && found.unreadable.length === 0) {
        page.tell({ kind: "place", place: { kind: "nothing", sentence: nothing, help: "A claim appears here once the month is closed and signed. If you expected one, ask the treasury." } });
        return;
      }
      heading.textContent = shown(found.heading);
      context.setTitle(shown(found.heading));
      page.tell({ kind: "place", place: { kind: "desk", found, judgement: { kind: "unasked" } } });
      await judgeDesk(page);
    } catch (error) {
      page.tell({ kind: "place", place: { kind: "failed", problem: problemOf(error, wasm) } });
    }
  };
  const openAccount = (/** @type {string} */ account) => open(() => ofAccount(account), "Looking for the claims of your account…", "No published claim pays your account.");
  let again = () => Promise.resolve();

  /** @param {() => Promise<unknown>} action runs and shows what went wrong */
  const attempt = async (action) => {
    try {
      await action();
    } catch (error) {
      page.tell({ kind: "flow", flow: { kind: "stopped", problem: problemOf(error, wasm), keys: keysOf(model) } });
    }
  };

  /** @type {Act} */
  const act = {
    redeem: (keys, wallet) => void redeem(page, keys, wallet),
    connect: (wallet) => void attempt(async () => {
      const { seat } = model;
      if (seat.kind !== "ready" && seat.kind !== "connected") return;
      const chosen = wallet ?? seat.wallet;
      const [account] = await connect(chosen);
      page.tell({ kind: "seat", seat: await seatIn(chosen, seat.wallets, account) });
      page.tell({ kind: "flow", flow: { kind: "idle" } });
      await openAccount(account);
    }),
    changeAccount: () => void attempt(async () => {
      if (model.seat.kind === "connected") await changeAccount(model.seat.wallet);
    }),
    look: () => {
      page.tell({ kind: "flow", flow: { kind: "idle" } });
      void judgeDesk(page);
    },
    reopen: () => void again(),
    wait: () => resume(page),
    dismiss: () => {
      forgetSent();
      page.tell({ kind: "flow", flow: { kind: "idle" } });
      void judgeDesk(page);
    },
    open: (files) => void open(() => ofFiles(files), "Reading the files…", "There was nothing in these files."),
  };

  function draw() {
    const focused = document.activeElement?.id ?? "";
    const within = body.contains(document.activeElement);
    settle(body, [...element("div", null, ...bodyView(model, names, act, wasm)).childNodes]);
    if (within && !body.contains(document.activeElement)) {
      (document.getElementById(focused) ?? document.getElementById("claim-now"))?.focus({ preventScroll: true });
    }
  }

  dropping(body, act, stop.signal);
  draw();
  void watchSeat(page, (account) => {
    const id = query.get("ambassador");
    if (isBusy(model.flow)) return;
    if (id === null && account !== undefined && ofOwnAccount(model)) void openAccount(account);
    else void judgeDesk(page);
  });
  resume(page);
  const id = query.get("ambassador");
  if (id !== null) void open(() => ofAmbassador(id, query.get("month") ?? undefined), "Reading the claims…", "No claim of this ambassador is published: nothing was paid yet.");
  void ambassadors().then((list) => {
    names = list;
    if (!stop.signal.aborted) draw();
  }, () => undefined); // Without a published folder, wallet and files are the ways left.
  return () => stop.abort();
}

/**
 * @param {Model} model
 * @param {{ id: string, name: string }[]} names
 * @param {Act} act
 * @param {typeof import("./wasm/ambassador.js")} wasm
 * @returns {(Node | null)[]}
 */
function bodyView(model, names, act, wasm) {
  const { place, flow } = model;
  const sent = flow.kind === "following" || flow.kind === "ended" ? sentView(flow, act, wasm) : null;
  const stopped = flow.kind === "stopped" && place.kind !== "desk" ? problemView(flow.problem) : null;
  switch (place.kind) {
    case "start":
      return [sent, stopped, startView(model, names, act)];
    case "looking":
      return [sent, waiting(place.sentence), element("div", { class: "skeleton claim-skeleton", "aria-hidden": "true" })];
    case "nothing":
      return [sent, stopped, element("div", { class: "empty" }, element("p", null, element("strong", null, place.sentence)), element("p", null, place.help)), startView(model, names, act)];
    case "failed":
      return [sent,
        element("div", { class: "claim-failed-place" }, problemView(place.problem),
          element("button", { class: "button-quiet", type: "button", id: "claim-reopen", onclick: act.reopen }, "Try again")),
        startView(model, names, act)];
    case "desk":
      return [sent,
        ...deskView(model, place, act, wasm),
        element("details", { class: "claim-hand", id: "more-files", open: place.found.items.length === 0 }, element("summary", null, "Check other claim files"), filesView(act))];
  }
}

/** Says aloud what changed for the person. @param {Model} before @param {Model} after */
function speak(before, after) {
  if (after.flow !== before.flow) {
    const { flow } = after;
    if (flow.kind === "preparing") announce(flow.sentence);
    if (flow.kind === "asking") announce(`Approve the transaction in ${shown(flow.wallet)}.`);
    if (flow.kind === "following" && before.flow.kind !== "following") announce("The transaction is on its way.");
    if (flow.kind === "stopped") announce(`${flow.problem.title}. ${flow.problem.sentence}`);
    if (flow.kind === "ended") announce(flow.outcome.kind === "paid" ? "Paid." : "The transaction did not pay.");
  }
  if (after.place.kind !== before.place.kind && after.place.kind === "nothing") announce(after.place.sentence);
}

/** Files may be dropped anywhere on the page. @param {HTMLElement} body @param {Act} act @param {AbortSignal} signal */
function dropping(body, act, signal) {
  const over = (/** @type {boolean} */ is) => body.classList.toggle("claim-dropping", is);
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    over(true);
  }, { signal });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) over(false);
  }, { signal });
  document.addEventListener("drop", (event) => {
    over(false);
    const files = event.dataTransfer?.files;
    if (files === undefined || files.length === 0) return;
    event.preventDefault();
    act.open(files);
  }, { signal });
}

/** @param {Model} model */
function keysOf({ place }) {
  return place.kind === "desk" ? place.found.items.map((item) => item.key) : [];
}

/** Whether the page shows what belongs to the connected account, so that another account changes it. @param {Model} model */
function ofOwnAccount({ place }) {
  return place.kind !== "desk" || place.found.heading === "Claims of your account";
}
