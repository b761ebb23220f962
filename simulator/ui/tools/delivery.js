// What happens to callbacks on the way to the bot.

import { attempt, toast } from "../actions.js";
import * as api from "../api.js";
import { field, valuesOf } from "../dialogs.js";
import { $, button, h } from "../dom.js";
import { apply, state } from "../store.js";

export const deliveryPanel = { title: "Delivery", build, update };

function build() {
  return [h("div", { id: "delivery", class: "panel" }, h("p", { class: "quiet" }, "Loading…"))];
}

let asking = false;

async function update(kinds) {
  if (!["all", "disorder", "tools", "page"].some((k) => kinds.has(k))) {
    if (kinds.has("log") && !asking) {
      asking = true; // a flood of callbacks asks once at a time
      showOutages(await api.get("delivery").catch(() => undefined));
      asking = false;
    }
    return;
  }
  const now = await attempt(() => api.get("delivery"));
  if (!now || !$("delivery")) return;
  if (!$("delivery").contains(document.activeElement)) $("delivery").replaceChildren(form(now), h("h3", {}, "Bots that are down"), h("div", { id: "outages", role: "status" }));
  showOutages(now);
}

function form(now) {
  const el = h("form", { "aria-label": "Disorder", onsubmit: async (e) => {
    e.preventDefault();
    const { from, to, ...rest } = valuesOf(el);
    await attempt(async () => { await api.put("delivery", { ...rest, delay_ms: [from, to] }); toast("From now on", false); });
  } },
  field({ name: "duplicate", label: "Posted twice (0 to 1)", type: "number", min: 0, max: 1, step: "any", value: now.duplicate, required: true }),
  field({ name: "reorder", label: "In another order (0 to 1)", type: "number", min: 0, max: 1, step: "any", value: now.reorder, required: true }),
  field({ name: "from", label: "Delay from (ms)", type: "number", min: 0, max: 60000, value: now.delay_ms[0], required: true }),
  field({ name: "to", label: "Delay to (ms)", type: "number", min: 0, max: 60000, value: now.delay_ms[1], required: true }),
  field({ name: "batch", label: "So many in one POST", type: "number", min: 0, max: 1000, value: now.batch, required: true }),
  field({ name: "seed", label: "Seed (0: drawn)", type: "number", min: 0, value: now.seed, required: true }),
  field({ name: "retries", label: "Retries", type: "select", value: now.retries, options: [["quick", "quick, three times"], ["platform", "as the platform, for an hour"], ["none", "none"]] }),
  h("p", { class: "actions" }, button("In order again", () => attempt(async () => { await api.put("delivery", {}); rebuild(); }), { class: "plain" }), h("button", { class: "primary", "data-testid": "disorder-set" }, "Set")));
  return el;
}

async function rebuild() {
  document.activeElement?.blur();
  update(new Set(["disorder"]));
}

function showOutages(now) {
  if (!now || !$("outages")) return;
  const name = (id) => state.pages.find((p) => p.id === id)?.name ?? id;
  $("outages").replaceChildren(...(now.outages.length ? now.outages.map((o) => h("p", {}, o.unsubscribed ? `${name(o.page_id)}: the bot was unsubscribed. ` : `${name(o.page_id)}: ${o.failures} failures in a row, next try ${new Date(o.next).toLocaleString()}. `,
    o.unsubscribed ? "" : button("Now", () => attempt(async () => apply("clock", await api.put("clock", { now: o.next }))), { class: "inline" }))) : [h("p", { class: "quiet" }, "None, as far as retries of the platform tell.")]));
}
