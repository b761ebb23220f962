// Account linking: the login page of the bot, and the way back.

import { act, attempt, needs } from "./actions.js";
import * as api from "./api.js";
import { ask } from "./dialogs.js";
import { h, link } from "./dom.js";
import { nameOf, person } from "./store.js";

// linkAccount opens the login page as the platform does, with a token and the address at which the login ends, and waits for the
// code. A login page that sends the browser back has filled it in; see comeBack.
export async function linkAccount(url, psid) {
  const answer = await attempt(() => api.post(`people/${psid}/linking_token`));
  if (!answer) return;
  let login = url;
  try {
    const address = new URL(url), back = new URL(document.baseURI);
    back.search = back.hash = "";
    back.searchParams.set("account_linking", psid);
    address.searchParams.set("account_linking_token", answer.token);
    address.searchParams.set("redirect_uri", back.href);
    login = address.href;
  } catch { /* shown as it is */ }
  await finish(psid, "", h("div", {}, h("p", {}, link("Open the login page", login)), h("p", { class: "quiet" }, login),
    h("p", {}, "The login page ends with redirect_uri and an authorization_code. Or finish here with a code of your own.")));
}

async function finish(psid, code, intro) {
  const values = await ask("Link an account", {
    intro, submit: "Finish", fields: [{ name: "code", label: "Authorization code", value: code, required: true }],
  });
  if (!values) return;
  await act({ type: "account_linking", code: values.code }, psid);
  needs("messaging_account_linking");
}

// comeBack takes the person who returns from a login page.
export async function comeBack() {
  const query = new URLSearchParams(location.search), psid = query.get("account_linking"), code = query.get("authorization_code");
  if (!psid) return;
  history.replaceState(null, "", location.pathname + location.hash);
  const name = nameOf(person(psid));
  if (code && name) await finish(psid, code, h("p", {}, `${name} has logged in.`));
}
