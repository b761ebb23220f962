// Faults of the Graph API, on demand.

import { attempt, toast } from "../actions.js";
import * as api from "../api.js";
import { field, valuesOf } from "../dialogs.js";
import { $, button, h } from "../dom.js";

const presets = {
  "slow": ["Slow: 8 s", { delay: "8s" }],
  "cut before": ["Connection cut before the effect", { drop: "before" }],
  "cut after": ["Connection cut after the effect", { drop: "after" }],
  "half": ["Connection cut in the middle of the answer", { drop: "half" }],
  "500": ["Status 500, an empty body", { status: 500 }],
  "502": ["Status 502, HTML", { status: 502, body: "<html><body>Bad Gateway</body></html>" }],
};

export const faultsPanel = { title: "Faults", build, update };

function build() {
  const form = h("form", { id: "fault-form", class: "panel", "aria-label": "Add a fault", onsubmit: async (e) => { e.preventDefault(); if (await add(valuesOf(form))) show(); } },
    h("p", {}, "The next calls of the bot fail in this way."),
    field({ name: "kind", label: "Fault", type: "select", id: "fault-kind", options: Object.entries(presets).map(([key, [text]]) => [key, text]) }),
    field({ name: "times", label: "How many calls (−1 for all)", type: "number", value: 1, min: -1, required: true }),
    field({ name: "path", label: "Path, without version (default: sends)", placeholder: "/*/messages" }),
    h("p", { class: "actions" }, h("button", { class: "primary", "data-testid": "fault-add" }, "Add")));
  return [form, h("h3", { class: "pad" }, "Faults that have calls left"), h("ul", { id: "fault-list", class: "pad" })];
}

let loaded = false;

async function update(kinds) {
  if (kinds.has("all")) {
    loaded = false;
    const refusals = await attempt(() => api.get("refusals"));
    if (!refusals || loaded || !$("fault-kind")) return;
    loaded = true;
    const untouched = $("fault-kind").selectedIndex === 0;
    $("fault-kind").prepend(...refusals.map((r) => h("option", { value: `refusal ${r.name}` }, `${r.code}${r.error_subcode ? `/${r.error_subcode}` : ""} ${r.meaning}`)));
    if (untouched) $("fault-kind").selectedIndex = 0;
  }
  if (kinds.has("all") || kinds.has("log")) show();
}

function add(values) {
  const fault = values.kind.startsWith("refusal ") ? { refusal: values.kind.slice("refusal ".length) } : { ...presets[values.kind][1] };
  fault.times = values.times;
  if (values.path) fault.path = values.path;
  return attempt(async () => {
    await api.post("faults", fault);
    toast("The fault waits for a call", false);
    return true;
  });
}

let asking = false;

async function show() {
  if (asking) return; // a flood of calls asks once at a time
  asking = true;
  const list = await api.get("faults").catch(() => undefined);
  asking = false;
  if (!list || !$("fault-list")) return;
  $("fault-list").replaceChildren(...(list.length ? list.map((f) => h("li", {}, words(f))) : [h("li", { class: "quiet" }, "None")]),
    list.length ? h("li", {}, button("Remove all", async () => { await attempt(() => api.request("DELETE", "faults")); show(); }, { class: "plain" })) : "");
}

function words(f) {
  const what = f.refusal || (f.error ? `error ${f.error.code}` : f.code ? `error ${f.code}` : [f.status && `status ${f.status}`, f.delay && `delay ${f.delay}`, f.drop && `cut ${f.drop}`].filter(Boolean).join(", "));
  const times = (f.times ?? 1) < 0 ? "all calls" : `${(f.times ?? 1) - f.hits} of ${f.times ?? 1} calls left`;
  return `${what}: ${times}${f.path ? `, ${f.path}` : ""}`;
}
