// The tools on the right: tabs, of which one is shown.

import { $, h } from "../dom.js";
import { setTools, toolPlace } from "../places.js";
import { clockPanel } from "./clock.js";
import { deliveryPanel } from "./delivery.js";
import { faultsPanel } from "./faults.js";
import { handoverPanel } from "./handover.js";
import { logPanel, showEntry } from "./log.js";
import { pagePanel } from "./page.js";

// Each panel is { title, build, update }: build makes its nodes, update brings them up to date after changes of these kinds.
const panels = {
  log: logPanel, faults: faultsPanel, clock: clockPanel, handover: handoverPanel, delivery: deliveryPanel, page: pagePanel,
};

let shown = "", started = false;

export function startTools(actions) {
  logPanel.start(actions);
  $("tool-tabs").append(...Object.entries(panels).map(([name, p]) => h("button", {
    type: "button", role: "tab", id: `tab-${name}`, "aria-controls": "tool", "aria-selected": "false", tabindex: "-1", "data-testid": `tab-${name}`,
    onclick: () => setTools({ tab: name }),
  }, p.title)));
  $("tool-tabs").addEventListener("keydown", (e) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (by) { e.preventDefault(); next(by); }
  });
  $("tools").addEventListener("keydown", (e) => {
    const by = { "]": 1, "[": -1 }[e.key];
    if (by && !e.target.matches("input, textarea, select")) next(by);
  });
  started = true;
  showTools(new Set(["all"]));
}

function next(by) {
  const names = Object.keys(panels), at = names.indexOf(toolPlace().tab);
  const name = names[(at + by + names.length) % names.length];
  setTools({ tab: name });
  $(`tab-${name}`).focus();
}

// openTools shows one of the tools.
export const openTools = (name) => setTools({ open: true, tab: name });

// openEntry shows an entry of the log, and gives it the focus unless it is told not to.
export function openEntry(seq, focus = true) {
  setTools({ open: true, tab: "log", entry: seq });
  showEntry(seq, focus);
}

// showTools brings the tool that is shown up to date.
export function showTools(kinds) {
  const place = toolPlace();
  if (!started || !place.open) return;
  const name = panels[place.tab] ? place.tab : "log", panel = panels[name];
  if (shown !== name) {
    shown = name;
    for (const tab of $("tool-tabs").children) {
      const on = tab.id === `tab-${name}`;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      if (on) tab.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
    $("tool").setAttribute("aria-labelledby", `tab-${name}`);
    $("tool").replaceChildren(...panel.build());
    $("tool").dataset.tool = name;
    kinds = new Set(["all"]);
  }
  panel.update(kinds);
}
