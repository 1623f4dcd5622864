// @ts-check
/**
 * Reads `index.json` and `summary.json` strictly: every field is there, of its kind and of its form, and no other.
 */

import { readDocument, unreadable } from "./json.js";

const MOST_MONTHS = 1200;
const MOST_AMBASSADORS = 20_000;
const MOST_SAMPLES = 40;
const MOST_ACCEPTANCES = 100_000;
const MOST_REPLACEMENTS = 100_000;
const LABEL_LENGTH = 256;

const FORMS = Object.freeze({
  month: /^\d{4}-(?:0[1-9]|1[0-2])$/u,
  date: /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/u,
  instant: /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T[0-2]\d:[0-5]\d:[0-5]\dZ$/u,
  hash: /^0x[0-9a-f]{64}$/u,
  address: /^0x[0-9a-fA-F]{40}$/u,
  identifier: /^(?!.*\.\.)[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?$/u,
  // No more digits than the rules themselves take.
  money: /^-?\d{1,18}(?:\.\d{1,6})?$/u,
  price: /^\d{1,18}(?:\.\d{1,18})?$/u,
  integer: /^\d{1,38}$/u,
  // An ambassador's id and the first digits of a digest.
  folder: /^(?!.*\.\.)[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?\/[0-9a-f]{16}$/u,
});

/** @typedef {keyof typeof FORMS} Form */
/** @typedef {"draft" | "final"} Status */
/** @typedef {{ month: string, status: Status, termsVersion: number, records: string, ambassadors: string[] }} IndexMonth */
/** @typedef {{ programme: string, months: IndexMonth[] }} Index */
/** @typedef {{ creator: string, ambassador: string, acceptedAt: string, code: string }} Acceptance */
/** @typedef {{ ambassador: string, account: string, from: string, to: string, folder: string }} Listed a published claim in the place of others */
/** @typedef {{ versions: number[], acceptances: Acceptance[] }} Invites */
/**
 * @typedef {object} AmbassadorSummary
 * @property {string} index
 * @property {string} id
 * @property {string} name
 * @property {string | undefined} account
 * @property {string} totalUsd
 * @property {string} amount
 * @property {string} pendingUsd
 * @property {string} statement
 * @property {string | undefined} digest
 */
/**
 * @typedef {object} Summary
 * @property {string} programme
 * @property {string} month
 * @property {Status} status
 * @property {string} terms
 * @property {string} payouts
 * @property {string} signingOpens
 * @property {string} claimsDeadline
 * @property {string} records
 * @property {{ symbol: string, decimals: number, chainId: string, address: string }} token
 * @property {{ policy: string, usd: string, tokens: string, file: string, samples: { date: string, usd: string, tokens: string }[] }} price
 * @property {string} budgetUsd
 * @property {string} totalUsd
 * @property {string} amount
 * @property {AmbassadorSummary[]} ambassadors
 */

/**
 * Returns whether a text has a form.
 *
 * @param {Form} form
 * @param {unknown} text
 * @returns {text is string}
 */
export function isForm(form, text) {
  return typeof text === "string" && text.length <= 80 && FORMS[form].test(text);
}

/**
 * Reads the index of what is published.
 *
 * @param {Uint8Array} bytes
 * @param {string} file
 * @returns {Index}
 */
export function readIndex(bytes, file) {
  const root = new Part(readDocument(bytes, file), file, "").fields(["schema", "programme", "months"]);
  root.at("schema").equal("ambassador-index/1");
  const months = root.at("months").list(MOST_MONTHS).map((part) => {
    part.fields(["month", "status", "terms_version", "records", "ambassadors"]);
    return {
      month: part.at("month").form("month"),
      status: part.at("status").status(),
      termsVersion: part.at("terms_version").count(1, 1_000_000),
      records: part.at("records").form("hash"),
      ambassadors: distinct(part.at("ambassadors").list(MOST_AMBASSADORS), (id) => id.form("identifier")),
    };
  });
  for (const [position, month] of months.entries()) {
    const before = months[position - 1];
    if (before !== undefined && before.month >= month.month) throw unreadable(file, " has months out of order");
  }
  return { programme: root.at("programme").label(), months };
}

/**
 * Reads what is published of invites: the versions of the terms that they may name, and the acceptances.
 *
 * @param {Uint8Array} bytes
 * @param {string} file
 * @returns {Invites}
 */
export function readInvites(bytes, file) {
  const root = new Part(readDocument(bytes, file), file, "").fields(["schema", "terms", "acceptances"]);
  root.at("schema").equal("ambassador-invites/1");
  const versions = root.at("terms").list(MOST_MONTHS).map((part) => part.fields(["version", "effective", "hash"]).at("version").count(1, 1_000_000));
  const acceptances = root.at("acceptances").list(MOST_ACCEPTANCES).map((part) => {
    part.fields(["creator", "coin", "ambassador", "terms", "invited_at", "expires", "accepted_at", "code"]);
    return {
      creator: part.at("creator").form("identifier"),
      ambassador: part.at("ambassador").form("identifier"),
      acceptedAt: part.at("accepted_at").form("instant"),
      code: part.at("code").label(),
    };
  });
  return { versions, acceptances };
}

/**
 * Reads how many claims in the place of others the ledger held when it was published.
 *
 * @param {Uint8Array} bytes
 * @param {string} file
 * @returns {number}
 */
export function readLedgerHead(bytes, file) {
  const root = new Part(readDocument(bytes, file), file, "").fields(["schema", "months", "claims", "replacements", "head"]);
  root.at("schema").equal("ambassador-ledger/1");
  return root.at("replacements").count(0, MOST_REPLACEMENTS);
}

/**
 * Reads the list of the published claims in the place of others.
 *
 * @param {Uint8Array} bytes
 * @param {string} file
 * @returns {Listed[]}
 */
export function readReplacements(bytes, file) {
  const root = new Part(readDocument(bytes, file), file, "").fields(["schema", "claims"]);
  root.at("schema").equal("ambassador-replacements/1");
  return root.at("claims").list(MOST_REPLACEMENTS).map((part) => {
    part.fields(["ambassador", "account", "from", "to", "folder"]);
    return {
      ambassador: part.at("ambassador").form("identifier"),
      account: part.at("account").form("address"),
      from: part.at("from").form("month"),
      to: part.at("to").form("month"),
      folder: part.at("folder").form("folder"),
    };
  });
}

/**
 * Reads the summary of a month.
 *
 * @param {Uint8Array} bytes
 * @param {string} file
 * @returns {Summary}
 */
export function readSummary(bytes, file) {
  const root = new Part(readDocument(bytes, file), file, "").fields([
    "schema", "programme", "month", "status", "terms", "payouts", "signing_opens", "claims_deadline", "records",
    "token", "price", "budget_usd", "total_usd", "amount", "ambassadors",
  ]);
  root.at("schema").equal("ambassador-summary/1");
  const records = root.at("records").fields(["hash", "parts"]);
  const token = root.at("token").fields(["symbol", "decimals", "chain_id", "address"]);
  const price = root.at("price").fields(["policy", "usd", "tokens", "file", "samples"]);
  const ambassadors = root.at("ambassadors").list(MOST_AMBASSADORS).map(readAmbassador);
  return {
    programme: root.at("programme").label(),
    month: root.at("month").form("month"),
    status: root.at("status").status(),
    terms: root.at("terms").form("hash"),
    payouts: root.at("payouts").form("address"),
    signingOpens: root.at("signing_opens").form("instant"),
    claimsDeadline: root.at("claims_deadline").form("instant"),
    records: records.at("hash").form("hash"),
    token: {
      symbol: token.at("symbol").label(),
      decimals: token.at("decimals").count(0, 36),
      chainId: token.at("chain_id").form("integer"),
      address: token.at("address").form("address"),
    },
    price: {
      policy: price.at("policy").label(),
      usd: price.at("usd").form("price"),
      tokens: price.at("tokens").form("price"),
      file: price.at("file").form("hash"),
      samples: price.at("samples").list(MOST_SAMPLES).map((part) => {
        part.fields(["date", "usd", "tokens"]);
        return {
          date: part.at("date").form("date"),
          usd: part.at("usd").form("price"),
          tokens: part.at("tokens").form("price"),
        };
      }),
    },
    budgetUsd: root.at("budget_usd").form("money"),
    totalUsd: root.at("total_usd").form("money"),
    amount: root.at("amount").form("integer"),
    ambassadors,
  };
}

/**
 * @param {Part} part
 * @returns {AmbassadorSummary}
 */
function readAmbassador(part) {
  part.fields(["index", "id", "name", "account", "total_usd", "amount", "pending_usd", "statement", "digest"]);
  return {
    index: part.at("index").form("integer"),
    id: part.at("id").form("identifier"),
    name: part.at("name").label(),
    account: part.at("account").optional("address"),
    totalUsd: part.at("total_usd").form("money"),
    amount: part.at("amount").form("integer"),
    pendingUsd: part.at("pending_usd").form("money"),
    statement: part.at("statement").form("hash"),
    digest: part.at("digest").optional("hash"),
  };
}

/**
 * @param {Part[]} parts
 * @param {(part: Part) => string} read
 * @returns {string[]}
 */
function distinct(parts, read) {
  const texts = new Set();
  for (const part of parts) {
    const text = read(part);
    if (texts.has(text)) throw part.wrong("stands there twice");
    texts.add(text);
  }
  return [...texts];
}

/** A value of a document, with its path for errors. */
class Part {
  /**
   * @param {unknown} value
   * @param {string} file
   * @param {string} path
   */
  constructor(value, file, path) {
    this.value = value;
    this.file = file;
    this.path = path;
  }

  /** @param {string} what */
  wrong(what) {
    return unreadable(this.file, this.path === "" ? ` ${what}` : `: ${this.path} ${what}`);
  }

  /**
   * Expects an object of exactly these fields.
   *
   * @param {string[]} names
   * @returns {Part}
   */
  fields(names) {
    const value = this.value;
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw this.wrong("is no object");
    for (const name of names) if (!Object.hasOwn(value, name)) throw this.wrong(`has no field ${name}`);
    if (Object.keys(value).length !== names.length) throw this.wrong("has fields that do not belong there");
    return this;
  }

  /**
   * @param {string} name a field that `fields` has named
   * @returns {Part}
   */
  at(name) {
    const value = /** @type {Record<string, unknown>} */ (this.value)[name];
    return new Part(value, this.file, this.path === "" ? name : `${this.path}.${name}`);
  }

  /**
   * @param {number} most
   * @returns {Part[]}
   */
  list(most) {
    if (!Array.isArray(this.value)) throw this.wrong("is no list");
    if (this.value.length > most) throw this.wrong(`has more than ${most} entries`);
    return this.value.map((value, position) => new Part(value, this.file, `${this.path}[${position}]`));
  }

  /** @param {string} text */
  equal(text) {
    if (this.value !== text) throw this.wrong(`is not ${text}`);
  }

  /** @param {Form} form */
  form(form) {
    if (!isForm(form, this.value)) throw this.wrong(`is no ${form}`);
    return this.value;
  }

  /** @param {Form} form */
  optional(form) {
    return this.value === null ? undefined : this.form(form);
  }

  label() {
    if (typeof this.value !== "string") throw this.wrong("is no text");
    if (this.value.length === 0 || this.value.length > LABEL_LENGTH) throw this.wrong("is empty or too long");
    return this.value;
  }

  /** @returns {Status} */
  status() {
    if (this.value !== "draft" && this.value !== "final") throw this.wrong("is neither draft nor final");
    return this.value;
  }

  /** @param {number} least @param {number} most */
  count(least, most) {
    const value = this.value;
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least || value > most) throw this.wrong("is no count");
    return value;
  }
}
