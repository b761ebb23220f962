// Who has the conversation: the bot, a human agent, or another app.

import { attempt } from "../actions.js";
import * as api from "../api.js";
import { field, valuesOf } from "../dialogs.js";
import { $, button, h } from "../dom.js";
import { nameOf, pageOf, person, state } from "../store.js";

export const handoverPanel = { title: "Hand-over", build, update };

const acts = [
  ["take", "Take", "The inbox takes the conversation: the bot only listens"], ["pass", "Pass to the bot", "The inbox gives it to the bot"],
  ["request", "Request", "The inbox asks the bot for it"], ["release", "Release", "The inbox lets it go: it is idle"],
];

function build() {
  const form = h("form", { onsubmit: async (e) => { e.preventDefault(); if (await say(valuesOf(form))) form.reset(); } },
    field({ name: "text", label: "Write as a human agent", required: true, "data-testid": "agent-text" }), h("p", { class: "actions" }, h("button", { class: "primary", "data-testid": "agent-send" }, "Send")));
  return [h("div", { class: "panel" }, h("p", { id: "thread-owner", role: "status", "data-testid": "thread-owner" }),
    h("div", { class: "button-row", role: "group", "aria-label": "What the inbox does" }, ...acts.map(([what, text, title]) => button(text, () => control({ do: what }), { class: "chip", title, "data-testid": `thread-${what}` }))),
    form)];
}

const control = (order) => attempt(async () => shown(await api.post(`people/${state.me}/thread`, order)));
const say = ({ text }) => attempt(async () => { await api.post(`people/${state.me}/agent`, { message: { text } }); return true; });

async function update(kinds) {
  if (!["all", "select", "thread", "tools"].some((k) => kinds.has(k))) return;
  if (!person()) {
    $("thread-owner").textContent = "Nobody is chosen.";
    return;
  }
  const thread = await api.get(`people/${state.me}/thread`).catch(() => undefined);
  if (thread) shown(thread);
}

function shown(thread) {
  if (!$("thread-owner") || thread.person_id !== state.me) return;
  const page = pageOf(), name = (id) => ({ [page.app_id]: "the bot", [page.inbox]: "a human agent in the inbox" })[id] ?? `app ${id}`;
  const until = thread.until ? ` until ${new Date(thread.until).toLocaleString()}` : "";
  $("thread-owner").textContent = `The conversation of ${nameOf(person())}: ${thread.owner ? `${name(thread.owner)} has it${until}.` : "nobody has it."} ${thread.holder ? `Only ${name(thread.holder)} may answer.` : "Every app may answer."}`;
}
