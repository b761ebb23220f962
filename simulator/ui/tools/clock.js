// The platform's clock.

import { attempt } from "../actions.js";
import * as api from "../api.js";
import { field, valuesOf } from "../dialogs.js";
import { $, button, h } from "../dom.js";
import { apply, clock, state } from "../store.js";

const steps = [["1 h", "1h"], ["25 h", "25h"], ["8 days", "192h"]];

export const clockPanel = { title: "Clock", build, update };

const set = (order) => attempt(async () => apply("clock", await api.put("clock", order)));

let timer;

function build() {
  const form = h("form", { class: "inline-form", onsubmit: (e) => { e.preventDefault(); set({ advance: valuesOf(form).advance }); } },
    field({ name: "advance", label: "Another time, such as 90m", pattern: "([0-9.]+(h|m|s))+", required: true }), h("button", { class: "primary" }, "Move"));
  return [h("div", { class: "panel" }, h("p", { id: "clock-now", class: "large-text", role: "timer", "data-testid": "clock-now" }),
    h("p", {}, "The 24-hour window, retries, hand-overs and tokens follow this clock. It goes forward only."),
    h("div", { class: "button-row", role: "group", "aria-label": "Move the clock" }, ...steps.map(([text, advance]) => button(`+ ${text}`, () => set({ advance }), { class: "chip", "data-testid": `advance-${advance}` }))),
    form,
    h("label", { class: "check" }, h("input", { id: "clock-frozen", type: "checkbox", onchange: (e) => set({ frozen: e.target.checked }) }), "It stands still"))];
}

function update() {
  clearTimeout(timer);
  if (!$("clock-now")) return;
  $("clock-now").textContent = new Date(clock()).toLocaleString([], { dateStyle: "full", timeStyle: "medium" });
  $("clock-frozen").checked = state.frozen;
  if (!state.frozen) timer = setTimeout(update, 1000);
}
