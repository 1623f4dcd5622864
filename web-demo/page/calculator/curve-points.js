// @ts-check
/** The creators on the step curve: one point each, or one for all that fall together; with details and keys. */

import { element, replace, svg } from "../dom.js";

/** @typedef {import("./curve.js").CurveData} CurveData */
/** @typedef {import("./curve.js").Frame} Frame */
/** @typedef {import("./curve.js").Point} Point */
/** @typedef {{ x: number, y: number, members: Point[], chosen: boolean }} Spot */

const RADIUS = 10;
const MOST_TOLD = 5;
/** More spots than this become small dots, as do spots that would cover each other. */
const MOST_NUMBERED = 40;
const DOT = 3.5;

/**
 * Draws the points; one of them can be reached with Tab, the others with the arrow keys.
 *
 * @param {Frame} frame
 * @param {CurveData} data
 * @param {HTMLElement} tip where details are shown
 * @param {(place: number) => void} choose
 * @returns {SVGElement[]}
 */
export function drawPoints(frame, data, tip, choose) {
  const wide = gather(frame, data, RADIUS * 2);
  const dense = wide.length > MOST_NUMBERED || cover(wide);
  const spots = dense ? chosenLast(gather(frame, data, DOT * 2)) : wide;
  const entry = Math.max(0, spots.findIndex((spot) => spot.chosen));
  const drop = svg("line", { class: "curve-drop" });
  const leave = () => {
    tip.classList.remove("curve-tip-open");
    drop.classList.remove("curve-drop-open");
  };
  /** @type {SVGGElement[]} */
  const marks = spots.map((spot, place) => svg("g", {
    class: spot.chosen ? "curve-point curve-chosen" : dense ? "curve-point curve-dot" : "curve-point",
    transform: `translate(${spot.x} ${spot.y})`,
    tabindex: place === entry ? "0" : "-1",
    role: "button",
    "aria-label": told(spot).join(" "),
    onfocus: () => show(spot),
    onblur: leave,
    onpointerenter: () => show(spot),
    onpointerleave: leave,
    onclick: () => choose(spot.members[0].place),
    onkeydown: (/** @type {KeyboardEvent} */ event) => step(event, place),
  }, ...(dense && !spot.chosen ? [svg("circle", { r: DOT })] : mark(spot))));
  const show = (/** @type {Spot} */ spot) => {
    drop.setAttribute("x1", String(spot.x));
    drop.setAttribute("x2", String(spot.x));
    drop.setAttribute("y1", String(spot.y + RADIUS));
    drop.setAttribute("y2", String(frame.floor));
    drop.classList.add("curve-drop-open");
    replace(tip, ...told(spot).map((text) => element("span", null, text)));
    tip.classList.add("curve-tip-open");
    const half = tip.offsetWidth / 2;
    const middle = Math.min(Math.max(spot.x, half), frame.right + frame.left - half);
    tip.style.setProperty("transform", `translate(${Math.round(middle - half)}px, ${Math.round(Math.max(0, spot.y - RADIUS - 10 - tip.offsetHeight))}px)`);
  };
  const step = (/** @type {KeyboardEvent} */ event, /** @type {number} */ place) => {
    const moves = /** @type {Record<string, number>} */ ({ ArrowRight: place + 1, ArrowDown: place - 1, ArrowLeft: place - 1, ArrowUp: place + 1, Home: 0, End: marks.length - 1 });
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      choose(spots[place].members[0].place);
    } else if (event.key === "Escape") leave();
    else if (Object.hasOwn(moves, event.key)) {
      event.preventDefault();
      const next = marks[Math.min(Math.max(moves[event.key], 0), marks.length - 1)];
      marks.forEach((other) => other.setAttribute("tabindex", other === next ? "0" : "-1"));
      next.focus();
    }
  };
  return [drop, ...marks];
}

/** Puts points that would cover each other into one spot, from left to right. @param {Frame} frame @param {CurveData} data @param {number} size @returns {Spot[]} */
function gather({ x, y }, { points, chosen }, size) {
  const sorted = points.map((point) => ({ point, x: x(point.volume), y: y(point.reward) })).sort((a, b) => a.x - b.x);
  /** @type {Map<number, Spot>} */
  const rows = new Map();
  /** @type {Spot[]} */
  const spots = [];
  for (const { point, x: at, y: height } of sorted) {
    const last = rows.get(height);
    if (last !== undefined && at - last.x < size) {
      last.members.push(point);
      last.chosen ||= point.place === chosen;
    } else {
      const spot = { x: at, y: height, members: [point], chosen: point.place === chosen };
      rows.set(height, spot);
      spots.push(spot);
    }
  }
  return spots.map((spot) => (spot.members.length === 1 ? spot : { ...spot, members: chosenFirst(spot.members, chosen) }));
}

/** @param {Point[]} members @param {number | undefined} chosen */
function chosenFirst(members, chosen) {
  return [...members].sort((a, b) => Number(b.place === chosen) - Number(a.place === chosen) || a.place - b.place);
}

/** Whether marks of different heights would cover each other. @param {Spot[]} spots */
function cover(spots) {
  return spots.some((spot, place) => spots.slice(place + 1).some((other) => Math.hypot(spot.x - other.x, spot.y - other.y) < RADIUS * 1.8));
}

/** What is drawn last lies on top. @param {Spot[]} spots */
function chosenLast(spots) {
  return [...spots].sort((a, b) => Number(a.chosen) - Number(b.chosen));
}

/** @param {Spot} spot */
function mark({ members }) {
  if (members.length === 1) {
    return [svg("circle", { r: RADIUS }), svg("text", { class: "curve-number", "text-anchor": "middle", dy: "0.36em" }, String(members[0].place + 1))];
  }
  const text = `×${members.length}`;
  const width = 14 + 7 * text.length;
  return [
    svg("rect", { x: -width / 2, y: -RADIUS, width, height: RADIUS * 2, rx: RADIUS }),
    svg("text", { class: "curve-number", "text-anchor": "middle", dy: "0.36em" }, text),
  ];
}

/** @param {Spot} spot */
function told({ members }) {
  const texts = members.slice(0, MOST_TOLD).map((member) => member.about);
  return members.length > MOST_TOLD ? [...texts, `and ${members.length - MOST_TOLD} more.`] : texts;
}
