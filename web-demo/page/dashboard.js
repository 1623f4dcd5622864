// @ts-check
/** The ambassadors: choose one (`#/ambassadors`), look at an account (`…/ID`) or at a month's statement (`…/ID/2020-12`). */

import { showAccount } from "./dashboard/account-view.js";
import { showList } from "./dashboard/list-view.js";
import { showStatement } from "./statement.js";

export const title = "Ambassadors";

/**
 * @param {HTMLElement} main
 * @param {import("./app.js").Route} route
 * @param {import("./app.js").Context} context
 * @returns {Promise<void>}
 */
export async function show(main, { path }, context) {
  const [, id, month] = path;
  if (id === undefined) return showList(main, context);
  if (month === undefined) return showAccount(main, id, context);
  return showStatement(main, id, month, context);
}
