// What stands in the way of a conversation, in words, with what to do about it.

import { attempt } from "./actions.js";
import * as api from "./api.js";
import { $, button, h } from "./dom.js";
import { conversation, nameOf, pageOf, person, state, windowClosedSince } from "./store.js";
import { windowText } from "./timeline.js";

let tools = () => {};
export const startBanner = (openTools) => { tools = openTools; };

// status is the line below the name of the person.
export function status() {
  const { phase, webhook, webhook_error: error } = state;
  switch (phase) {
    case "loading": return ["Loading…", false];
    case "connecting": return ["Connecting…", false];
    case "lost": return ["Connection lost, trying again…", true];
  }
  if (!webhook) return ["No bot connected", true];
  if (error) return [`Last callback failed: ${error}`, true]; // what to do about it is where it failed
  return ["Connected", false];
}

export function showStatus() {
  const [text, bad] = status();
  if ($("status").textContent !== text) $("status").textContent = text;
  $("status").title = state.webhook_advice ?? "";
  $("status").classList.toggle("bad", bad);
  const bot = state.webhook ? `Bot: ${state.webhook}` : "No bot connected";
  if ($("webhook").textContent !== bot) $("webhook").textContent = bot;
}

const notices = [noWebhook, unsubscribed, blocked, elsewhere, closed];

export function showBanner() {
  const list = state.phase === "loading" ? [] : notices.map((notice) => notice()).filter(Boolean);
  const now = JSON.stringify(list.map(([words]) => words));
  if ($("banner").dataset.shows === now) return; // it keeps the focus, and what was typed
  $("banner").dataset.shows = now;
  $("banner").replaceChildren(...list.map(([words, ...nodes]) => h("div", { class: "notice" }, h("p", {}, words), ...nodes)));
}

let unverified = {}; // the webhook of which the handshake failed, and why

function noWebhook() {
  if (!state.webhook) return ["No bot is connected: callbacks have nowhere to go.", webhookForm()];
  if (unverified.url !== state.webhook) return undefined;
  return [`The bot is not verified: ${unverified.why}`, webhookForm()];
}

// webhookForm sets the webhook and does the verification handshake.
export function webhookForm() {
  const input = h("input", { name: "url", type: "url", required: true, value: state.webhook, placeholder: "http://localhost:3000/webhook", "aria-label": "Webhook of the bot" });
  const result = h("p", { class: "quiet", role: "status" });
  return h("form", { class: "inline-form", onsubmit: async (e) => {
    e.preventDefault();
    const url = input.value;
    result.textContent = "Verifying…";
    try {
      await api.put("webhook", { url });
      await api.post("verify");
      result.textContent = "Verified";
      unverified = {};
    } catch (err) {
      result.textContent = err.message;
      unverified = { url, why: err.message };
    }
    showBanner();
  } }, input, h("button", { class: "primary" }, "Verify"), result);
}

function unsubscribed() {
  const page = pageOf();
  if (!page.unsubscribed) return undefined;
  return ["The bot failed for an hour: the platform has unsubscribed it, and sends nothing.",
    button("Subscribe again", () => attempt(() => api.request("PATCH", `pages/${page.id}`, { fields: page.fields })), { class: "plain" })];
}

function blocked() {
  if (!conversation().blocked) return undefined;
  return [`${nameOf(person())} has blocked the page: what the bot sends is refused.`, button("Unblock", () => block(false), { class: "plain" })];
}

export const block = (on, who = state.me) => attempt(() => api.put(`people/${who}/blocked`, { blocked: on }));

function elsewhere() {
  const thread = conversation().thread, page = pageOf();
  if (!thread?.holder || thread.holder === page.app_id) return undefined;
  const who = thread.holder === page.inbox ? "A human agent" : `App ${thread.holder}`;
  return [`${who} has the conversation: the bot only listens.`,
    button("Hand-over", () => tools("handover"), { class: "plain" })];
}

function closed() {
  const since = windowClosedSince();
  if (!since) return undefined;
  return [`The 24-hour window closed ${windowText(since)} ago: the bot may send tagged messages and templates only, until ${person()?.first_name ?? "the person"} writes.`,
    button("Clock", () => tools("clock"), { class: "plain" })];
}
