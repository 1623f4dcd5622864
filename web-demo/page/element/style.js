// @ts-check
/** The look of the element: a sheet of its own, independent of the page around it. */

const STYLE = `
:host {
  --accent: var(--reward-accent, light-dark(#0b6159, #74c7b9));
  --accent-strong: var(--reward-accent-strong, light-dark(#084a44, #97d9cd));
  --accent-ink: var(--reward-accent-ink, light-dark(#ffffff, #0a211d));
  --ink: var(--reward-ink, light-dark(#1d211f, #ece8df));
  --ink-soft: var(--reward-ink-soft, light-dark(#5b625d, #a6aaa1));
  --paper: var(--reward-paper, light-dark(#faf8f3, #151715));
  --surface: var(--reward-surface, light-dark(#fffefb, #1b1e1b));
  --rule: var(--reward-rule, light-dark(#e3ddd0, #32362f));
  --rule-strong: var(--reward-rule-strong, light-dark(#8d8b80, #7c8178));
  --warn: light-dark(#785000, #e2b963);
  --warn-soft: light-dark(#f7ecd3, #372c14);
  --bad: var(--reward-bad, light-dark(#992b20, #f09a8b));
  display: block;
  container-type: inline-size;
  color: var(--ink);
  font: 16px/1.5 var(--reward-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif);
  font-variant-numeric: tabular-nums;
  text-align: start;
}
:host([hidden]), [hidden] { display: none !important; }
*, *::before, *::after { box-sizing: border-box; }
p { margin: 0; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
.visually-hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.board { display: grid; grid-template-columns: minmax(0, 1fr); gap: 24px 40px; padding: 24px; border: 1px solid var(--rule); border-radius: var(--reward-radius, 8px); background: var(--surface); }
.waiting { min-height: 420px; align-content: center; justify-items: center; }
.side { min-width: 0; }
.soft { color: var(--ink-soft); font-size: 14px; }
.sum { display: grid; margin-bottom: 20px; }
.dollars { font-size: 40px; font-weight: 640; letter-spacing: -0.025em; line-height: 1.15; overflow-wrap: anywhere; }
.tokens { color: var(--accent); font-size: 18px; font-weight: 600; overflow-wrap: anywhere; }
.month { font-size: 15px; }
.stale { filter: grayscale(1); }
.stale, .stale * { color: var(--ink-soft); }
.stale :is(.month-bar, .swatch) { opacity: 0.45; }
.trouble { margin-top: 12px; color: var(--bad); font-size: 14px; }
.trouble:empty { display: none; }
.curve-about { margin-bottom: 4px; }
.plan { grid-column: 1 / -1; min-width: 0; }
table { width: 100%; border-collapse: collapse; font-size: 15px; }
th, td { padding: 4px 8px 4px 0; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: middle; }
thead th { color: var(--ink-soft); font-size: 13px; font-weight: 500; vertical-align: bottom; }
th:first-child { width: 24px; color: var(--ink-soft); font-weight: 500; }
td:last-child { width: 36px; padding-right: 0; }
.money, thead .money { text-align: right; }
.reward { font-weight: 600; white-space: nowrap; }
tr:has(+ :is(.why, .wrong):not([hidden])) > * { border-bottom: 0; }
.wrong td { padding: 0 36px 8px 24px; }
.why td { padding: 0 36px 8px 0; color: var(--ink-soft); font-size: 14px; line-height: 1.35; text-align: right; }
.field { display: grid; gap: 4px; }
.field-error { color: var(--bad); font-size: 13px; }
.field-error:empty { display: none; }
.input { width: 100%; min-width: 0; min-height: 40px; padding: 4px 8px; border: 1px solid var(--rule-strong); border-radius: 6px; background: var(--paper); color: var(--ink); font: inherit; font-variant-numeric: tabular-nums; }
.input[aria-invalid="true"] { border-color: var(--bad); box-shadow: inset 0 0 0 1px var(--bad); }
.icon { flex: none; width: 1.25em; height: 1.25em; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; vertical-align: -0.25em; }
button { display: inline-flex; align-items: center; gap: 8px; min-height: 40px; border: 1px solid var(--rule-strong); border-radius: 6px; background: none; color: var(--ink); font: inherit; font-size: 15px; font-weight: 560; cursor: pointer; }
.button-quiet { padding: 6px 14px; }
.button-icon { justify-content: center; width: 36px; border-color: transparent; color: var(--ink-soft); }
button:hover { border-color: var(--accent); color: var(--accent-strong); }
button:disabled { border-color: var(--rule); color: var(--ink-soft); cursor: not-allowed; }
.foot { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 8px 16px; padding-top: 16px; }
.full { color: var(--accent); text-underline-offset: 0.18em; }
.note { display: grid; justify-items: start; gap: 8px; padding: 12px 16px; border-left: 3px solid var(--bad); }
.note .icon { color: var(--bad); }
.code { color: var(--ink-soft); font: 13px ui-monospace, monospace; }
@container (min-width: 44rem) {
  .board { grid-template-columns: minmax(14rem, 17rem) minmax(0, 1fr); }
  td:nth-child(2) { width: 9rem; }
  td:nth-child(3), td:nth-child(4) { width: 7rem; }
}
@container (max-width: 26rem) {
  .board { padding: 16px; }
  .input { padding-inline: 5px; }
  th, td { padding-right: 4px; }
  th:first-child { width: 16px; }
  td:last-child, .button-icon { width: 28px; }
  .why td { padding-right: 28px; }
  table { font-size: 14px; }
}
`;

/** @type {CSSStyleSheet | undefined} */
let sheet;

/** Gives a shadow root the look. @param {ShadowRoot} root */
export function adoptStyle(root) {
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
  }
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}
