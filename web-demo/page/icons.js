// @ts-check
/** Line icons of one family: 24 × 24, drawn in the colour of the text. */

import { svg } from "./dom.js";

const SHAPES = {
  arrow: ["M5 12h14", "M13 6l6 6-6 6"],
  back: ["M19 12H5", "M11 6l-6 6 6 6"],
  calendar: ["M4 6h16v14H4z", "M4 10h16", "M8 3v4", "M16 3v4"],
  chart: ["M4 20h4v-5h4v-4h4V7h4", "M4 4v16"],
  check: ["M5 12.5l4.5 4.5L19 7.5"],
  chevron: ["M9 6l6 6-6 6"],
  clock: ["M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z", "M12 7v5l3.5 2"],
  coins: ["M9 5c3.3 0 6 1.1 6 2.5S12.3 10 9 10 3 8.9 3 7.5 5.7 5 9 5z", "M3 7.5v5C3 13.9 5.7 15 9 15s6-1.1 6-2.5v-5", "M9 15v2.5c0 1.4 2.7 2.5 6 2.5s6-1.1 6-2.5v-5c0-1.2-2-2.2-4.7-2.450"],
  copy: ["M9 9h11v11H9z", "M5 15H4V4h11v1"],
  cross: ["M6 6l12 12", "M18 6L6 18"],
  dollar: ["M12 3v18", "M16.5 7.5C16 6 14.3 5.3 12 5.3c-2.6 0-4.5 1.2-4.5 3.2 0 4.5 9.3 2.3 9.3 6.9 0 2.1-2 3.3-4.8 3.3-2.7 0-4.6-1-5-2.9"],
  download: ["M12 4v11", "M7 10.5l5 5 5-5", "M4 20h16"],
  external: ["M10 5H5v14h14v-5", "M14 4h6v6", "M20 4l-9 9"],
  file: ["M6 3h8l4 4v14H6z", "M14 3v4h4", "M9 12h6", "M9 16h6"],
  flag: ["M5 21V4", "M5 5h13l-2.5 4L18 13H5"],
  gift: ["M4 11h16v9H4z", "M3 7h18v4H3z", "M12 7v13", "M12 7c-3 0-4.5-1.2-4.5-2.5S9 2.5 10 3.5 12 7 12 7zM12 7c3 0 4.5-1.2 4.5-2.5S15 2.5 14 3.5 12 7 12 7z"],
  globe: ["M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z", "M3 12h18", "M12 3c3 3 3 15 0 18", "M12 3c-3 3-3 15 0 18"],
  hourglass: ["M6 3h12", "M6 21h12", "M7 3c0 5 5 6 5 9s-5 4-5 9", "M17 3c0 5-5 6-5 9s5 4 5 9"],
  info: ["M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z", "M12 11v6", "M12 7.5v.01"],
  link: ["M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7L11.5 6.8", "M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1.5-1.5"],
  lock: ["M5 11h14v10H5z", "M8 11V8a4 4 0 0 1 8 0v3"],
  mail: ["M3 6h18v12H3z", "M3 7l9 6.5L21 7"],
  minus: ["M5 12h14"],
  pause: ["M9 6v12", "M15 6v12"],
  people: ["M9 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z", "M2.5 20c.5-4 3-6 6.5-6s6 2 6.5 6", "M15.5 4.9a3.5 3.5 0 0 1 0 6.2", "M17.5 14.5c2.3.7 3.6 2.5 4 5.5"],
  person: ["M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8z", "M4.5 21c.5-4.5 3.3-6.5 7.5-6.5s7 2 7.5 6.5"],
  plus: ["M12 5v14", "M5 12h14"],
  print: ["M7 9V3h10v6", "M7 17H4V9h16v8h-3", "M7 14h10v7H7z"],
  puzzle: ["M4 8h4.5a2 2 0 1 1 4 0H17v4.5a2 2 0 1 1 0 4V21H4z"],
  queue: ["M4 6h16", "M4 12h11", "M4 18h6", "M18 14v6", "M15 17l3 3 3-3"],
  reset: ["M4 5v5h5", "M4.6 10A8 8 0 1 1 4 13"],
  rocket: ["M12 15l-3-3c1-4 4-8 11-9-1 7-5 10-8 12z", "M9 12H5l2.5-4H11", "M12 15v4l4-2.5V13", "M6 16c-1.5.5-2.5 2.5-2.5 4.5 2 0 4-1 4.5-2.5"],
  search: ["M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z", "M15.5 15.5L20 20"],
  shield: ["M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6z", "M9 12l2 2 4-4"],
  sign: ["M4 20h16", "M5 16l1-4L15.5 2.5l3 3L9 15z"],
  wallet: ["M4 7h15v13H4z", "M4 7l11-4v4", "M19 11h-4a2.5 2.5 0 0 0 0 5h4", "M15 13.5v.01"],
  warning: ["M12 4L2.5 20h19z", "M12 10v4.5", "M12 17.3v.01"],
};

/** @typedef {keyof typeof SHAPES} IconName */

/**
 * Returns an icon; without a label it is decoration, and the text beside it says what it means.
 *
 * @param {IconName} name
 * @param {string} [label]
 * @returns {SVGSVGElement}
 */
export function icon(name, label) {
  const spoken = label === undefined ? { "aria-hidden": "true" } : { role: "img", "aria-label": label };
  const paths = SHAPES[name] ?? SHAPES.info;
  return svg("svg", { class: "icon", viewBox: "0 0 24 24", width: 20, height: 20, focusable: "false", ...spoken }, ...paths.map((d) => svg("path", { d })));
}
