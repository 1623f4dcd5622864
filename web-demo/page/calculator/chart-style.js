// @ts-check
/** The look of the charts, for a document or a shadow root: both take the colours from custom properties. */

const STYLE = `
.curve { position: relative; min-height: 250px; }
.curve-svg { display: block; max-width: 100%; overflow: visible; }
.curve-ground { stroke: var(--rule-strong); stroke-width: 1; }
.curve-beyond { stroke-dasharray: 2 5; }
.curve-threshold { stroke: var(--rule); stroke-width: 1; }
.curve-axis { fill: var(--ink-soft); font-size: 12.5px; }
.curve-area { fill: var(--accent); opacity: 0.07; }
.curve-riser { fill: none; stroke: var(--accent); stroke-width: 1; stroke-dasharray: 2 4; }
.curve-tread { stroke: var(--accent); stroke-width: 3; stroke-linecap: round; }
.curve-other { fill: none; stroke: var(--rule-strong); stroke-width: 1; opacity: 0.6; }
.curve-level { stroke: var(--rule); stroke-width: 1; }
.curve-reward { fill: var(--ink); font-size: 13.5px; font-weight: 600; }
.curve-drop { stroke: var(--accent); stroke-width: 1; stroke-dasharray: 2 3; opacity: 0; }
.curve-drop-open { opacity: 1; }
.curve-point { cursor: pointer; outline: none; }
.curve-point circle, .curve-point rect { fill: var(--surface); stroke: var(--accent); stroke-width: 1.75; transition: stroke-width 120ms ease; }
.curve-number { fill: var(--accent-strong); font-size: 11px; font-weight: 620; pointer-events: none; user-select: none; -webkit-user-select: none; }
.curve-point:hover circle, .curve-point:hover rect { stroke-width: 3; }
.curve-point:focus-visible circle, .curve-point:focus-visible rect { stroke: var(--ink); stroke-width: 3; }
.curve-dot circle { fill: var(--accent); fill-opacity: 0.45; stroke: none; }
.curve-dot:focus-visible circle { fill-opacity: 1; }
.curve-chosen circle, .curve-chosen rect { fill: var(--accent); }
.curve-chosen .curve-number { fill: var(--accent-ink); }
.curve-tip {
  position: absolute; top: 0; left: 0; z-index: 2; display: grid; gap: 2px; width: max-content; max-width: min(24rem, 100%); padding: 8px 12px;
  border-radius: 6px; background: var(--ink); color: var(--paper); font-size: 13px; line-height: 1.4;
  pointer-events: none; opacity: 0; transition: opacity 100ms ease;
}
.curve-tip-open { opacity: 1; }

.month { display: grid; gap: 14px; }
.month-bar { display: flex; gap: 2px; height: 14px; overflow: hidden; border-radius: 7px; background: var(--rule); }
.month-part { min-width: 3px; transition: flex-grow 160ms ease; }
.kind-base { background: var(--accent); }
.kind-tier { background: color-mix(in oklab, var(--accent) 64%, var(--surface)); }
.kind-use_case { background: color-mix(in oklab, var(--accent) 40%, var(--surface)); }
.kind-innovative { background: color-mix(in oklab, var(--accent) 22%, var(--surface)); }
.kind-later { background: repeating-linear-gradient(-45deg, var(--warn) 0 2px, transparent 2px 6px) var(--warn-soft); }
.month-legend { display: grid; margin: 0; }
.month-legend > div { display: flex; justify-content: space-between; gap: 16px; padding: 5px 0; border-top: 1px solid var(--rule); }
.month-legend > div:first-child { border-top: 0; }
.month-legend dt { display: flex; align-items: center; gap: 10px; }
.month-legend dd { margin: 0; white-space: nowrap; font-variant-numeric: tabular-nums; }
.month-none { color: var(--ink-soft); }
.swatch { flex: none; width: 12px; height: 12px; border-radius: 3px; box-shadow: inset 0 0 0 1px var(--accent); }
.swatch.kind-later { box-shadow: inset 0 0 0 1px var(--warn); }

@media (prefers-reduced-motion: reduce) { .curve-tip, .curve-point *, .month-part { transition: none; } }
@media (forced-colors: active) {
  .curve-point circle, .curve-point rect { fill: Canvas; stroke: CanvasText; }
  .month-part, .swatch { border: 1px solid CanvasText; }
}
@media print { .curve-tip, .curve-drop { display: none; } }
`;

/** @type {CSSStyleSheet | undefined} */
let sheet;

/**
 * Gives a document or shadow root the look of the charts, once.
 *
 * @param {Document | ShadowRoot} root
 */
export function adoptChartStyle(root) {
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
  }
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}
