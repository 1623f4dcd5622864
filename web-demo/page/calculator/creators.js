// @ts-check
/** The creators of the plan as a table to edit, a page of it at a time. */

import { announce, element, replace } from "../dom.js";
import { icon } from "../icons.js";
import { COLUMNS, MOST_ROWS } from "./plan.js";
import { freshRow } from "./presets.js";
import { HEADINGS, rowView } from "./row.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").State} State */
/** @typedef {import("./plan.js").Column} Column */
/** @typedef {import("./row.js").RowView} RowView */
/** @typedef {import("./row.js").RowActions} RowActions */

const PAGE = 50;
/** Explanations cost as much as a quote; they wait for a pause. */
const PAUSE = 140;

/**
 * Returns the table with its buttons.
 *
 * @param {Store} store
 * @param {HTMLElement} sum stands below the last row
 * @returns {{ node: HTMLElement, update: (state: State) => void, reveal: (place: number) => void, showAll: (all: boolean) => void }}
 */
export function creatorsTable(store, sum) {
  const body = element("tbody");
  const turning = element("div", { class: "row plan-turning" });
  const addButton = element("button", { class: "button-quiet", type: "button", onclick: () => add() }, icon("plus"), "Add a creator");
  const undoButton = element("button", { class: "button-quiet", type: "button", onclick: () => store.undo() }, icon("back"), "Undo");
  /** @type {RowView[]} */
  let views = [];
  let first = 0;
  let size = PAGE;
  /** @type {number | undefined} */
  let open;
  /** @type {import("../wasm/ambassador.js").Step[] | undefined} */
  let steps;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pause;
  /** @type {(() => void) | undefined} */
  let afterwards;

  const count = () => store.state.draft.rows.length;
  const add = () => {
    if (count() >= MOST_ROWS) return announce(`A plan has at most ${MOST_ROWS} creators.`);
    store.restructure((draft) => void draft.rows.push({ ...(draft.rows.at(-1) ?? freshRow()) }));
    afterwards = () => focusRow(count() - 1, "volume");
  };
  /** @type {RowActions} */
  const actions = {
    type: (place, column, value) => store.edit((draft) => void (draft.rows[place][column] = value)),
    duplicate(place) {
      if (count() >= MOST_ROWS) return announce(`A plan has at most ${MOST_ROWS} creators.`);
      store.restructure((draft) => void draft.rows.splice(place + 1, 0, { ...draft.rows[place] }));
      afterwards = () => focusRow(place + 1, "volume");
      announce(`Creator ${place + 1} was duplicated.`);
    },
    remove(place) {
      store.restructure((draft) => void draft.rows.splice(place, 1));
      afterwards = () => (count() === 0 ? addButton.focus() : focusRow(Math.min(place, count() - 1), "volume"));
      announce(`Creator ${place + 1} was removed.`);
    },
    toggle(place) {
      open = open === place ? undefined : place;
      steps = undefined;
      store.choose(place);
      update(store.state);
    },
    choose: (place) => store.choose(place),
    move(event, place, column) {
      const to = event.key === "ArrowUp" ? place - 1 : event.key === "ArrowDown" || event.key === "Enter" ? place + 1 : undefined;
      if (to === undefined || to < 0 || to >= count()) return;
      event.preventDefault();
      focusRow(to, column);
    },
    paste: (event, place, column) => pasteTable(event, place, column, store),
  };

  const focusRow = (/** @type {number} */ place, /** @type {Column} */ column) => {
    turnTo(place);
    views[place - first]?.focus(column);
  };
  const turnTo = (/** @type {number} */ place) => {
    if (place >= first && place < first + size) return;
    first = Math.floor(place / PAGE) * PAGE;
    build();
    update(store.state);
  };
  const build = () => {
    const shownRows = Math.min(size, count() - first);
    if (views.length !== shownRows || views[0]?.nodes[0].dataset.place !== String(first)) {
      views = Array.from({ length: shownRows }, (_, index) => rowView(first + index, actions));
      if (views.length > 0) views[0].nodes[0].dataset.place = String(first);
      replace(body, ...views.map((view) => view.nodes));
    }
    replace(turning, ...turningButtons());
    undoButton.hidden = !store.canUndo;
    addButton.disabled = count() >= MOST_ROWS;
  };
  const turningButtons = () => {
    if (count() <= PAGE || size > PAGE) return [];
    const turn = (/** @type {number} */ to) => {
      turnTo(to);
      announce(`Creators ${first + 1} to ${Math.min(first + PAGE, count())}`);
    };
    return [
      element("button", { class: "button-quiet", type: "button", disabled: first === 0, onclick: () => turn(first - PAGE) }, "Previous"),
      element("span", null, `${first + 1}–${Math.min(first + PAGE, count())} of ${count()}`),
      element("button", { class: "button-quiet", type: "button", disabled: first + PAGE >= count(), onclick: () => turn(first + PAGE) }, "Next"),
    ];
  };

  const explain = () => {
    clearTimeout(pause);
    if (open === undefined) return;
    pause = setTimeout(() => {
      const { result } = store.state;
      if (open === undefined || result === undefined || open >= result.plan.creators.length) return;
      steps = store.rules.explain(result.plan, open);
      showRows(store.state);
    }, steps === undefined ? 0 : PAUSE);
  };
  const showRows = (/** @type {State} */ { draft, result, faults, chosen }) => {
    const byField = new Map(faults.map((fault) => [fault.field, fault]));
    const known = result?.quote.creators.length === draft.rows.length ? result.quote.creators : [];
    views.forEach((view, index) => {
      const place = first + index;
      view.show(draft.rows[place], known[place], byField, place === chosen, open === place ? steps : undefined, open === place);
    });
  };
  const update = (/** @type {State} */ state) => {
    if (state.restructured) {
      open = undefined;
      if (first >= count()) first = Math.max(0, Math.floor((count() - 1) / PAGE) * PAGE);
      build();
    }
    node.classList.toggle("plan-empty", count() === 0);
    showRows(state);
    explain();
    afterwards?.();
    afterwards = undefined;
  };

  const table = element("table", { class: "table plan" },
    element("caption", { class: "visually-hidden" }, "Creators of the month: expectations, reward and reason"),
    element("thead", null, element("tr", null,
      element("th", { scope: "col" }, element("span", { class: "visually-hidden" }, "Creator")),
      ...COLUMNS.map((column) => element("th", { scope: "col", class: "money" }, HEADINGS[column])),
      element("th", { scope: "col", class: "money" }, "Reward"),
      element("th", { scope: "col", class: "plan-why" }, "Why, and what is missing"),
      element("th", { scope: "col" }, element("span", { class: "visually-hidden" }, "Actions")))),
    body);
  const node = element("div", { class: "plan-room" },
    table,
    element("p", { class: "plan-nobody" }, "No creator is planned yet. Add one, or start from one of the plans above."),
    sum,
    element("div", { class: "row row-spread plan-buttons no-print" }, element("div", { class: "row" }, addButton, undoButton), turning));
  return {
    node,
    update,
    reveal(place) {
      open = place;
      steps = undefined;
      turnTo(place);
      store.choose(place);
      update(store.state);
      views[place - first]?.nodes[0].scrollIntoView({ block: "center", behavior: "smooth" });
      views[place - first]?.focus("volume");
    },
    showAll(all) {
      if (count() <= PAGE) return;
      first = 0;
      size = all ? MOST_ROWS : PAGE;
      build();
      showRows(store.state);
    },
  };
}

/** Fills the table from a spreadsheet: a pasted block goes down and to the right, and adds creators. @param {ClipboardEvent} event @param {number} place @param {Column} column @param {Store} store */
function pasteTable(event, place, column, store) {
  const text = event.clipboardData?.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "") ?? "";
  if (!/[\n\t]/.test(text)) return;
  event.preventDefault();
  const lines = text.split("\n").slice(0, MOST_ROWS - place).map((line) => line.split("\t"));
  store.restructure((draft) => {
    lines.forEach((cells, down) => {
      const row = (draft.rows[place + down] ??= freshRow());
      cells.forEach((cell, right) => {
        const target = COLUMNS[COLUMNS.indexOf(column) + right];
        if (target !== undefined) row[target] = cell.trim().slice(0, 64);
      });
    });
  });
  announce(`${lines.length} rows were pasted.`);
}
