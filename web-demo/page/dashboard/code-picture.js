// @ts-check
/** Draws a text as a QR code: dark on light in every colour scheme, with its quiet zone. */

import { svg } from "../dom.js";
import { correction, generate } from "../vendor/lean-qr.mjs";

const QUIET_ZONE = 4;

/**
 * Returns the picture of a text.
 *
 * @param {string} text
 * @param {string} label what it is, for those who do not see it
 * @returns {SVGElement}
 */
export function codePicture(text, label) {
  const encode = /** @type {(text: string, options: object) => { size: number, get(x: number, y: number): boolean }} */ (/** @type {unknown} */ (generate));
  const code = encode(text, { minCorrectionLevel: correction.M });
  const size = code.size + 2 * QUIET_ZONE;
  const runs = [];
  for (let y = 0; y < code.size; y += 1) {
    for (let x = 0; x < code.size; x += 1) {
      if (!code.get(x, y)) continue;
      const start = x;
      while (code.get(x + 1, y)) x += 1;
      runs.push(`M${start + QUIET_ZONE} ${y + QUIET_ZONE}h${x - start + 1}v1h${start - x - 1}z`);
    }
  }
  return svg(
    "svg",
    { class: "code-picture", viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": label, "shape-rendering": "crispEdges" },
    svg("rect", { class: "code-light", width: size, height: size }),
    svg("path", { class: "code-dark", d: runs.join("") }),
  );
}
