// @ts-check
/** The step curve of reward over volume, with the creators of a plan as points on it. */

import { element, replace, svg } from "../dom.js";
import { usd } from "../format.js";
import { drawPoints } from "./curve-points.js";
import { largest, shares, volumePlaces } from "./positions.js";

/** @typedef {import("../wasm/ambassador.js").CurveStep} CurveStep */
/** @typedef {{ place: number, volume: string, reward: string, about: string }} Point `place` in the plan, from 0 */
/**
 * @typedef {object} CurveData
 * @property {CurveStep[]} steps the curve of the chosen creator
 * @property {CurveStep[][]} others those of the other creators, where they differ
 * @property {string[]} thresholds the volumes of all tiers
 * @property {Point[]} points
 * @property {number | undefined} chosen the place of the chosen creator
 * @property {string} title what the curve is, for those who do not see it
 */
/** @typedef {{ x: (volume: string) => number, y: (reward: string) => number, left: number, right: number, floor: number, knee: number }} Frame */

const TOP = 34;
const SIDE = 14;
const GUTTER = 52;
const LINE = 15;
const BOTTOM = 34;
const NARROW = 520;
const KNEE = 0.82;
const CEILING = 0.9;
const DIGIT = 7.2;

/**
 * Returns a chart that draws itself anew for every width.
 *
 * @param {import("./positions.js").Proportions} rules
 * @param {(place: number) => void} choose called when a point is chosen
 * @returns {{ node: HTMLElement, update: (data: CurveData) => void, remove: () => void }}
 */
export function curveChart(rules, choose) {
  const stage = element("div", { class: "curve" });
  /** @type {CurveData | undefined} */
  let data;
  let width = 0;
  const draw = () => {
    if (data === undefined || width < 80) return;
    const focused = marks(stage).indexOf(/** @type {any} */ (activeIn(stage)));
    replace(stage, ...drawing(rules, data, width, choose));
    if (focused >= 0) marks(stage)[Math.min(focused, marks(stage).length - 1)]?.focus();
  };
  const observer = new ResizeObserver(([entry]) => {
    const now = Math.floor(entry.contentRect.width);
    if (now === width) return;
    width = now;
    draw();
  });
  observer.observe(stage);
  return {
    node: stage,
    update(next) {
      data = next;
      draw();
    },
    remove: () => observer.disconnect(),
  };
}

/** @param {HTMLElement} stage @returns {SVGGElement[]} */
function marks(stage) {
  return [...stage.querySelectorAll(/** @type {"g"} */ (".curve-point"))];
}

/** @param {Node} node */
function activeIn(node) {
  return /** @type {Document | ShadowRoot} */ (node.getRootNode()).activeElement ?? null;
}

/** @param {import("./positions.js").Proportions} rules @param {CurveData} data @param {number} width @param {(place: number) => void} choose */
function drawing(rules, data, width, choose) {
  const height = width < NARROW ? 250 : 330;
  const frame = frameOf(rules, data, width, height);
  const tip = element("div", { class: "curve-tip", "aria-hidden": "true" });
  return [
    svg("svg", { class: "curve-svg", width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": data.title },
      ...ground(frame, data),
      ...rewards(frame, data.steps),
      ...data.others.map((steps) => svg("path", { class: "curve-other", d: line(frame, steps) })),
      ...curve(frame, data.steps),
      ...drawPoints(frame, data, tip, choose)),
    tip,
  ];
}

/** @param {import("./positions.js").Proportions} rules @param {CurveData} data @param {number} width @param {number} height @returns {Frame} */
function frameOf(rules, { steps, others, thresholds, points }, width, height) {
  const all = [steps, ...others].flat();
  const volumes = [...all.map((step) => step.volumeUsd), ...points.map((point) => point.volume), ...thresholds];
  const rewards = [...all.map((step) => step.rewardUsd), ...points.map((point) => point.reward)];
  const knee = thresholds.at(-1) ?? largest(rules, volumes);
  const places = volumePlaces(rules, [...volumes, knee], knee, KNEE);
  const heights = shares(rules, rewards, largest(rules, rewards));
  const [left, right, floor] = [GUTTER, width - SIDE, height - BOTTOM];
  return {
    left, right, floor, knee: left + KNEE * (right - left),
    x: (volume) => left + (places.get(volume) ?? 0) * (right - left),
    y: (reward) => floor - (heights.get(reward) ?? 0) * (floor - TOP) * CEILING,
  };
}

/** The axis, and a hairline at each threshold. @param {Frame} frame @param {CurveData} data */
function ground({ x, left, right, floor, knee }, { thresholds }) {
  let free = left + 18;
  const labels = thresholds.map((threshold) => {
    const text = short(threshold);
    const half = (text.length * DIGIT) / 2;
    if (x(threshold) - half < free) return null;
    free = x(threshold) + half + 6;
    return svg("text", { class: "curve-axis", x: x(threshold), y: floor + 22, "text-anchor": "middle" }, text);
  });
  const beyond = right - knee > 90 ? svg("text", { class: "curve-axis", x: right, y: floor + 22, "text-anchor": "end" }, "and more") : null;
  return [
    svg("line", { class: "curve-ground", x1: left, x2: knee, y1: floor, y2: floor }),
    svg("line", { class: "curve-ground curve-beyond", x1: knee, x2: right, y1: floor, y2: floor }),
    ...thresholds.map((threshold) => svg("line", { class: "curve-threshold", x1: x(threshold), x2: x(threshold), y1: TOP - 14, y2: floor + 6 })),
    svg("text", { class: "curve-axis", x: left, y: floor + 22, "text-anchor": "middle" }, "$0"),
    ...labels, beyond,
  ];
}

/** @param {Frame} frame @param {CurveStep[]} steps */
function curve(frame, steps) {
  const { x, y, right, floor, left } = frame;
  const ends = steps.map((_, place) => (place + 1 < steps.length ? x(steps[place + 1].volumeUsd) : right));
  const area = `M${left} ${floor}${steps.map((step, place) => `L${x(step.volumeUsd)} ${y(step.rewardUsd)}H${ends[place]}`).join("")}V${floor}Z`;
  return [
    svg("path", { class: "curve-area", d: area }),
    svg("path", { class: "curve-riser", d: line(frame, steps) }),
    ...steps.map((step, place) => svg("line", { class: "curve-tread", x1: x(step.volumeUsd), x2: ends[place], y1: y(step.rewardUsd), y2: y(step.rewardUsd) })),
  ];
}

/** The reward of each step at the left, and a hairline to the step. @param {Frame} frame @param {CurveStep[]} steps */
function rewards({ x, y, left }, steps) {
  let free = Infinity;
  return steps.map((step) => {
    const at = y(step.rewardUsd);
    if (free - at < LINE) return null;
    free = at;
    return [
      svg("line", { class: "curve-level", x1: left, x2: x(step.volumeUsd), y1: at, y2: at }),
      svg("text", { class: "curve-reward", x: left - 10, y: at + 5, "text-anchor": "end" }, short(step.rewardUsd)),
    ];
  });
}

/** @param {Frame} frame @param {CurveStep[]} steps */
function line({ x, y, right }, steps) {
  const [first, ...rest] = steps;
  return `M${x(first.volumeUsd)} ${y(first.rewardUsd)}${rest.map((step) => `H${x(step.volumeUsd)}V${y(step.rewardUsd)}`).join("")}H${right}`;
}

/** Whole dollars without their cents, to be calm. @param {string} amount */
function short(amount) {
  return usd(amount).replace(/\.00$/, "");
}
