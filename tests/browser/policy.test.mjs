// @ts-check
// What the page may do is bounded by its content security policy and its trusted types, and whoever breaks them fails a test.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { eventually, pageTest, visit } from "./visit.mjs";
import * as inputs from "./inputs.mjs";

/** @typedef {import("./visit.mjs").Page} Page */

const file = (/** @type {string} */ name) => readFileSync(join(inputs.dist(), name), "utf8");

/** What does not belong into a page, and what the browser says of it. @type {[string, RegExp][]} */
const PLANTED = [
  ["<script>pwned()</script>", /policy: script-src-elem inline/],
  ["<img alt='' src='ICON' onload='pwned()'>", /policy: script-src-attr inline/],
  ["<p style='color: red'></p>", /policy: style-src-attr inline/],
  ["<style>p { color: red }</style>", /policy: style-src-elem inline/],
  ["<script src='https://evil.example/x.js'></script>", /policy: script-src-elem https:\/\/evil\.example\/x\.js/],
  ["<link rel='stylesheet' href='https://evil.example/x.css'>", /policy: style-src-elem https:\/\/evil\.example\/x\.css/],
  ["<img alt='' src='https://evil.example/x.png'>", /policy: img-src https:\/\/evil\.example\/x\.png/],
  ["<video src='https://evil.example/x.mp4'></video>", /policy: media-src https:\/\/evil\.example\/x\.mp4/],
  ["<iframe title='x' src='https://evil.example/frame'></iframe>", /policy: frame-src https:\/\/evil\.example/],
  ["<object data='https://evil.example/x.pdf'></object>", /policy: object-src https:\/\/evil\.example/],
  ["<base href='https://evil.example/'>", /policy: base-uri https:\/\/evil\.example/],
];
const AROUND = [/Content Security Policy|violates/, /^request: https:\/\/evil\.example\//];

/** @param {string} name @param {string[]} all @returns {import("./host.mjs").Answer} */
const planted = (name, all) => () => file(name).replace("</body>", `${all.join("").replace("ICON", name === "index.html" ? "icon.svg" : "../icon.svg")}</body>`);

for (const [where, path, name] of [["the page", "", "index.html"], ["the page that embeds", "embed/", "embed/index.html"]]) {
  /** @param {[string, RegExp][]} rows */
  const site = (rows) => () => ({ published: inputs.published(), overlay: { [`/${path}`]: planted(name, rows.map(([text]) => text)) } });

  test(`what is planted in ${where} is refused, and found`, async () => {
    await visit({ site: site(PLANTED), path, refused: [...PLANTED.map(([, complaint]) => complaint), ...AROUND] }, async () => {});
    await assert.rejects(visit({ site: site(PLANTED.slice(0, 1)), path }, async () => {}), /script-src-elem inline/);
  });
}

test("a question to elsewhere is refused, and found", async () => {
  const overlay = { "/dom.js": () => `${file("dom.js")}\nvoid fetch("https://evil.example/").catch(() => undefined);` };
  await visit({ site: () => ({ published: inputs.published(), overlay }), refused: [/policy: connect-src https:\/\/evil\.example\//, ...AROUND.slice(0, 1)] }, async () => {});
});

test("a worker that breaks the policy fails", async () => {
  const worker = `${file("sw.js")}\nsetTimeout(() => void fetch("https://evil.example/").catch(() => undefined), 300);`;
  const list = { ...JSON.parse(file("files.json")), "sw.js": createHash("sha256").update(worker).digest("hex") };
  const overlay = { "/sw.js": () => worker, "/files.json": () => JSON.stringify(list) };
  await visit({ site: () => ({ published: inputs.published(), overlay }), worker: true, refused: [/^console: worker: policy: connect-src https:\/\/evil\.example\//, /evil\.example/] }, async ({ page, context }) => {
    await eventually(async () => assert(await page.evaluate(() => navigator.serviceWorker.controller !== null)));
    await new Promise((done) => setTimeout(done, 600));
    assert.equal(context.serviceWorkers().length, 1);
  });
});

/** Every way in which a text could become markup, a script or its address; each must throw. */
function sinks() {
  const text = "<img src=x onerror=pwned()>";
  const made = (/** @type {string} */ tag) => /** @type {any} */ (document.createElement(tag));
  /** @type {Record<string, () => unknown>} */
  const ways = {
    "innerHTML": () => (made("p").innerHTML = text),
    "outerHTML": () => (made("p").appendChild(made("b")).outerHTML = text),
    "insertAdjacentHTML": () => made("p").insertAdjacentHTML("beforeend", text),
    "innerHTML of a template": () => (made("template").innerHTML = text),
    "innerHTML of a shadow": () => (made("p").attachShadow({ mode: "open" }).innerHTML = text),
    "setHTMLUnsafe": () => made("p").setHTMLUnsafe(text),
    "document.write": () => document.write(text),
    "parseFromString": () => new DOMParser().parseFromString(text, "text/html"),
    "parseHTMLUnsafe": () => /** @type {any} */ (Document).parseHTMLUnsafe(text),
    "createContextualFragment": () => document.createRange().createContextualFragment(text),
    "srcdoc": () => (made("iframe").srcdoc = text),
    "srcdoc by its name": () => made("iframe").setAttribute("srcdoc", text),
    "src of a script": () => (made("script").src = "app.js"),
    "src of a script by its name": () => made("script").setAttribute("src", "app.js"),
    "text of a script": () => (made("script").text = "pwned()"),
    "textContent of a script": () => (made("script").textContent = "pwned()"),
    "innerText of a script": () => (made("script").innerText = "pwned()"),
    "address of a script in a picture": () => document.createElementNS("http://www.w3.org/2000/svg", "script").setAttribute("href", "app.js"),
    "a listener by its name": () => made("p").setAttribute("onclick", "pwned()"),
    "Worker": () => new Worker("sw.js"),
    "SharedWorker": () => new SharedWorker("sw.js"),
    "eval": () => (0, eval)("pwned()"),
    "Function": () => new Function("pwned()"),
    "setTimeout": () => setTimeout(/** @type {any} */ ("pwned()"), 0),
    "setInterval": () => setInterval(/** @type {any} */ ("pwned()"), 0),
    "a policy of another name": () => /** @type {any} */ (window).trustedTypes.createPolicy("other", {}),
    "a policy for everything": () => /** @type {any} */ (window).trustedTypes.createPolicy("default", { createHTML: String }),
  };
  const through = () => Object.entries(ways).flatMap(([name, way]) => {
    try {
      way();
      return [name];
    } catch {
      return [];
    }
  });
  // What a test asks the browser to run may do more than the page: so the page asks itself.
  return new Promise((resolve) => addEventListener("sinks", () => resolve(through()), { once: true }));
}

/** What Chromium says where a text is refused. */
const REFUSED = [
  /policy: require-trusted-types-for trusted-types-sink/,
  /policy: trusted-types trusted-types-policy/,
  /policy: script-src/,
  /Trusted ?(HTML|Script|ScriptURL|Type)|Content Security Policy/,
];

for (const [where, path, bare] of /** @type {[string, string, boolean][]} */ ([["the page", "", false], ["the page of a host without headers", "", true], ["the page that embeds", "embed/", true]])) {
  pageTest(`no text becomes markup or a script in ${where}`, { path, site: () => ({ published: inputs.published(), bare }), refused: REFUSED }, async ({ page }) => {
    const through = page.evaluate(sinks);
    await page.evaluate(() => void setTimeout(() => dispatchEvent(new Event("sinks")), 0));
    assert.deepEqual(await through, []);
    // What a link or a place would run is not run: a script that did would be a complaint.
    await page.evaluate(() => {
      const link = document.createElement("a");
      link.href = "javascript:pwned()";
      document.body.append(link);
      link.click();
      link.remove();
    });
    assert.equal(await page.evaluate(() => document.querySelectorAll("img[src=x]").length), 0);
  });
}

pageTest("the one policy knows one address", {
  worker: true,
  prepare: (context) => context.addInitScript(() => {
    const factory = /** @type {any} */ (window).TrustedTypePolicyFactory.prototype;
    const create = factory.createPolicy;
    /** @type {any[]} */
    const made = (/** @type {any} */ (window).made = []);
    factory.createPolicy = function (/** @type {string} */ name, /** @type {any} */ rules) {
      const policy = create.call(this, name, rules);
      made.push(policy);
      return policy;
    };
  }),
  refused: [/trusted-types/, /TrustedScriptURL|Trusted Type|TrustedTypePolicy|Content Security Policy/],
}, async ({ page }) => {
  await eventually(async () => assert(await page.evaluate(() => navigator.serviceWorker.controller !== null)));
  const outcome = await page.evaluate(async () => {
    const types = /** @type {any} */ (window).trustedTypes;
    const [policy, ...others] = /** @type {any} */ (window).made;
    const taken = (/** @type {() => unknown} */ way) => {
      try {
        return String(way());
      } catch (error) {
        return /** @type {Error} */ (error).name;
      }
    };
    const addresses = ["sw.js", "./sw.js", "/sw.js", "sw.js?x", "sw.js#x", "SW.JS", " sw.js", "", "app.js", "data:text/javascript,1", "//evil.example/sw.js", "https://evil.example/sw.js"];
    return {
      name: policy.name,
      others: others.length,
      scripts: addresses.filter((address) => taken(() => policy.createScriptURL(address)) !== "TypeError"),
      markup: taken(() => policy.createHTML("<b>")),
      code: taken(() => policy.createScript("1")),
      again: taken(() => types.createPolicy("offline", { createScriptURL: String })),
      text: await navigator.serviceWorker.register(/** @type {any} */ ("sw.js")).then(() => "registered", (error) => error.name),
    };
  });
  assert.deepEqual(outcome, { name: "offline", others: 0, scripts: ["sw.js"], markup: "TypeError", code: "TypeError", again: "TypeError", text: "TypeError" });
});
