// @ts-check
/**
 * `<reward-calculator terms="terms.toml" price="1250/21000">`: the calculator for any web page.
 *
 * Attributes, all observed:
 * - `terms`: address of the programme's terms file (TOML).
 * - `price`: the dollars and the tokens that they buy, as `1250/21000`.
 * - `creators`: whom to begin with, as in a shared link: `volume_supporters_usecases_newusecases`, joined by `-`,
 *   several alike as `5*1000_25_1`.
 *
 * Every result is fired as a `reward-quote` event whose detail is the quote, every failure as `reward-fault` with
 * code, message and help; both bubble out of the shadow tree.
 *
 * Colours follow the `color-scheme` of the page. Custom properties: `--reward-accent`, `--reward-accent-strong`,
 * `--reward-accent-ink`, `--reward-ink`, `--reward-ink-soft`, `--reward-paper`, `--reward-surface`, `--reward-rule`,
 * `--reward-rule-strong`, `--reward-bad`, `--reward-radius`, `--reward-font`.
 *
 * The page's content security policy must allow scripts and connections to where this file lies, and
 * `'wasm-unsafe-eval'`; inline styles and anything else are not needed.
 */

import { adoptChartStyle } from "../calculator/chart-style.js";
import { calculator } from "../engine.js";
import { board } from "./board.js";
import { fetchTerms, readCreators, readPrice } from "./read.js";
import { adoptStyle } from "./style.js";

/** @typedef {import("../wasm/calculator.js").Quote} Quote */

export class RewardCalculator extends HTMLElement {
  static observedAttributes = ["terms", "price", "creators"];

  #root = this.attachShadow({ mode: "open" });
  /** @type {import("./board.js").Board | undefined} */
  #board;
  /** Which loading is the newest: an older one that ends later is not shown. */
  #turn = 0;
  #waiting = false;

  constructor() {
    super();
    adoptStyle(this.#root);
    adoptChartStyle(this.#root);
  }

  /** The newest result. @returns {Quote | undefined} */
  get quote() {
    return this.#board?.quote();
  }

  connectedCallback() {
    this.#start();
  }

  disconnectedCallback() {
    this.#turn += 1;
    this.#board?.remove();
    this.#board = undefined;
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#start();
  }

  /** Several attributes that change together are read once. */
  #start() {
    if (this.#waiting) return;
    this.#waiting = true;
    queueMicrotask(() => {
      this.#waiting = false;
      if (this.isConnected) void this.#load();
    });
  }

  async #load() {
    const turn = (this.#turn += 1);
    const shown = board(this.#root, (quote) => this.#fire("reward-quote", quote), (fault) => this.#fire("reward-fault", fault));
    this.#board?.remove();
    this.#board = shown;
    shown.wait();
    try {
      const price = readPrice(this.getAttribute("price"));
      const creators = readCreators(this.getAttribute("creators"));
      const [rules, terms] = await Promise.all([calculator(), fetchTerms(this.getAttribute("terms"), this.baseURI)]);
      if (turn === this.#turn) shown.show(rules, terms, price, creators);
    } catch (error) {
      if (turn === this.#turn) shown.fail(error, () => this.#start());
    }
  }

  /** @param {string} name @param {unknown} detail */
  #fire(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

if (customElements.get("reward-calculator") === undefined) customElements.define("reward-calculator", RewardCalculator);
