// The keyboard, for those who do without a mouse.

import { focusedMessage, moveIn } from "./chat.js";
import { entryOf } from "./bubble.js";
import { show } from "./dialogs.js";
import { $, button, h } from "./dom.js";
import { setTools } from "./places.js";

const list = [
  ["/", "filter the log"], ["Alt+↑, Alt+↓", "the person before or after"], ["Enter", "send; with Shift a new line"],
  ["↑, ↓", "in the messages and in the log: one up, one down"],
  ["Enter", "on a message: its buttons; in the log: open the entry"], ["R", "on a message: reply, react and more"], ["J", "on a message: its JSON"],
  ["E", "in the log: edit and send"], ["S", "in the log: send again"], ["C, G", "in the log: copy as curl, as a Go test"],
  ["[, ]", "in the tools: the tab before or after"], ["Esc", "close what is on top"], ["?", "this list"],
];

let single = true; // single letters act; WCAG 2.1.4 wants a way to switch them off
try { single = localStorage.getItem("letters") !== "off"; } catch { /* storage is off */ }

export const lettersOn = () => single;

export function startKeys({ step, openEntry }) {
  addEventListener("keydown", (e) => {
    if (e.defaultPrevented || e.ctrlKey || e.metaKey) return;
    const typing = e.target.matches?.("input, textarea, select");
    if (e.altKey && (e.key === "ArrowUp" || e.key === "ArrowDown")) {
      e.preventDefault();
      step(e.key === "ArrowUp" ? -1 : 1);
    } else if (e.altKey) {
      return;
    } else if (e.key === "Escape" && !$("tools").hidden && $("tools").contains(e.target)) {
      setTools({ open: false });
    } else if (single && !typing && e.key === "?") {
      help();
    } else if (single && !typing && e.key === "/") {
      e.preventDefault();
      setTools({ open: true, tab: "log" });
      setTimeout(() => $("filter")?.focus(), 50);
    }
  });
  $("log").addEventListener("keydown", (e) => {
    const m = focusedMessage(), article = e.target.closest("article");
    if (!article || e.altKey || e.ctrlKey || e.metaKey) return;
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      if (e.target.matches("audio, video, .strip")) return;
      e.preventDefault();
      moveIn(e.key === "ArrowDown" ? 1 : -1);
    } else if (e.key === "Enter" && e.target === article) {
      e.preventDefault();
      article.querySelector(".content button, .content a, button")?.focus();
    } else if (single && m && e.key.toLowerCase() === "r") {
      e.preventDefault();
      article.querySelector("[data-testid=message-more]")?.click();
    } else if (single && m && e.key.toLowerCase() === "j") {
      const entry = entryOf(m);
      if (entry) openEntry(entry.seq);
    }
  });
  $("scroll").addEventListener("keydown", (e) => {
    if (e.target === $("scroll") && (e.key === "ArrowDown" || e.key === "ArrowUp")) { e.preventDefault(); moveIn(0); }
  });
}

export function help() {
  const off = h("label", { class: "check" }, h("input", { type: "checkbox", checked: single, onchange: (e) => {
    single = e.target.checked;
    try { localStorage.setItem("letters", single ? "on" : "off"); } catch { /* storage is off */ }
  } }), "Single letters act");
  show("Keyboard", h("table", { class: "keys" }, h("tbody", {}, ...list.map(([key, what]) => h("tr", {}, h("th", { scope: "row" }, h("kbd", {}, key)), h("td", {}, what))))), off);
}

export const helpButton = () => button("Keyboard", help, { class: "plain" });
