// Buttons of messages, and items of the persistent menu.

import { act, needs, tap } from "../actions.js";
import { linkAccount } from "../linking.js";
import { h, link } from "../dom.js";

// buttons are those under a card or a text.
export function buttons(list, m, raw = []) {
  if (!list?.length) return null;
  return h("div", { class: "buttons" }, ...list.map((b, i) => messageButton(b, m, raw[i] ?? {})));
}

const named = (title) => ({ "data-testid": "button", dir: "auto", title });

function messageButton(b, m, raw) {
  switch (b.type) {
    case "web_url":
      return link(b.title, b.url, { ...named(heightOf(raw)), class: "opens" });
    case "phone_number":
      return link(b.title, `tel:${b.payload}`, { ...named(b.payload), class: "calls" });
    case "account_link":
      return h("button", { type: "button", ...named("Opens the login page of the bot"), onclick: () => linkAccount(b.url, m.person_id) }, "Log In");
    case "account_unlink":
      return h("button", { type: "button", ...named("Tells the bot that the account is unlinked"), onclick: () => {
        act({ type: "account_linking" }, m.person_id);
        needs("messaging_account_linking");
      } }, "Log Out");
    case "postback":
      return h("button", { type: "button", ...named(), onclick: () => tap(m, b) }, b.title);
    case "game_play":
      return disabled(b.title, "Instant games have been switched off");
    case "audio_call":
      return disabled(b.title, "Calls are not simulated");
    default:
      return disabled(b.title || b.type, `The chat page does not know buttons of type ${b.type}`);
  }
}

const heightOf = (raw) => (raw.webview_height_ratio ? `Opens a web page, ${raw.webview_height_ratio}` : "Opens a web page");

// disabled is a button that cannot be used here. It can have the focus, so that its reason is found.
export const disabled = (text, why) => h("button", { type: "button", ...named(why), "aria-disabled": "true" }, text, h("span", { class: "why" }, why));

// menuItem is an item of the persistent menu.
export function menuItem(b) {
  const hook = { "data-testid": "menu-item", dir: "auto" };
  if (b.type === "web_url") return link(b.title, b.url, { ...hook, class: "opens" });
  return h("button", { type: "button", ...hook, onclick: () => act({ type: "menu", title: b.title, payload: b.title ? undefined : b.payload }) }, b.title);
}

// sharing is the button that Messenger has for messages that can be shared.
export const sharing = (raw) => (raw?.sharable ? h("div", { class: "buttons" }, disabled("Share", "Sharing is not simulated")) : null);
