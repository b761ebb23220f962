// The page, its webhook and its token, and the simulator as a whole.

import { attempt, toast } from "../actions.js";
import * as api from "../api.js";
import { webhookForm } from "../banner.js";
import { ask, confirm, field, valuesOf } from "../dialogs.js";
import { $, button, h, pretty } from "../dom.js";
import { helpButton } from "../keys.js";
import { pageOf } from "../store.js";

export const pagePanel = { title: "Page", build, update };

const patch = (change, words) => attempt(async () => { await api.request("PATCH", `pages/${pageOf().id}`, change); toast(words, false); return true; });

let shows = "";

function build() {
  shows = "";
  return [h("div", { id: "page-panel", class: "panel" })];
}

function update() {
  const page = pageOf(), now = JSON.stringify(page);
  if (shows === now || !page.id || $("page-panel").contains(document.activeElement)) return;
  shows = now;
  const fields = h("form", { onsubmit: (e) => { e.preventDefault(); patch({ fields: valuesOf(fields).fields.split(/[\s,]+/).filter(Boolean) }, "Subscribed"); } },
    field({ name: "fields", label: "Webhook fields", type: "textarea", value: page.fields.join(", ") }), h("p", { class: "actions" }, h("button", { class: "primary" }, "Subscribe")));
  $("page-panel").replaceChildren(
    h("h3", {}, page.name), h("p", { class: "quiet" }, `${page.id} · ${page.platform} · app ${page.app_id}`),
    h("h3", {}, "Webhook"), webhookForm(), fields,
    h("h3", {}, "Token"), h("div", { class: "button-row" }, button("Revoke it", () => patch({ revoked: 463 }, "The token is refused"), { class: "chip" }), button("A new one", newToken, { class: "chip" })),
    h("label", { class: "check" }, h("input", { type: "checkbox", checked: Boolean(page.lenient), onchange: (e) => patch({ lenient: e.target.checked }, "Set") }), "Answer success to calls that are not simulated"),
    h("h3", {}, "Messenger Profile"), h("pre", { tabindex: "0", role: "region", "aria-label": "Messenger Profile" }, pretty(page.profile)),
    h("h3", {}, "Simulator"), h("div", { class: "button-row" }, h("a", { class: "chip", href: "simulator/snapshot", download: "snapshot.json" }, "Save a snapshot"), button("Restore one", restore, { class: "chip" }), button("Reset", reset, { class: "chip" }), helpButton()));
}

async function newToken() {
  const values = await ask("A new token", { submit: "Set", fields: [{ name: "token", label: "Access token of the page", required: true }] });
  if (values) patch({ token: values.token }, "The token is replaced");
}

async function restore() {
  const values = await ask("Restore a snapshot", { submit: "Restore", fields: [{ name: "text", label: "The snapshot", type: "textarea", rows: 10, class: "code", required: true }] });
  if (!values) return;
  await attempt(async () => api.put("snapshot", parse(values.text)));
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("That is not JSON.");
  }
}

async function reset() {
  if (await confirm("Reset the simulator?", "All is as in the beginning: pages, people, conversations, faults, clock and log.", "Reset")) await attempt(() => api.post("reset"));
}
