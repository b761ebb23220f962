// One entry of the log, with all that is known of it.

import { $, button, h, pretty } from "../dom.js";
import { conversation, state } from "../store.js";
import { editAndSend, sendAgain } from "./resend.js";

// More of a body is shown when it is asked for: a megabyte of text takes a browser a while.
const cut = 20000;

// detail is the region of an entry. links has what is connected with it, and what to do.
export function detail(found, links) {
  const e = found.entry, tabs = tabsOf(found);
  const panel = h("div", { role: "tabpanel", class: "entry-panel", tabindex: "-1", id: "entry-panel" });
  const bar = h("div", { role: "tablist", "aria-label": `Parts of entry ${e.seq}` });
  const choose = (name) => {
    for (const tab of bar.children) {
      const on = tab.dataset.name === name;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
    }
    panel.setAttribute("aria-labelledby", `part-${name}`);
    panel.replaceChildren(...[tabs[name]()].flat());
  };
  const names = Object.keys(tabs);
  bar.append(...names.map((name) => h("button", { type: "button", role: "tab", id: `part-${name}`, "data-name": name, "aria-controls": "entry-panel", onclick: () => choose(name) }, name)));
  bar.addEventListener("keydown", (key) => {
    const by = { ArrowRight: 1, ArrowLeft: -1, "]": 1, "[": -1 }[key.key];
    if (!by) return;
    key.preventDefault();
    key.stopPropagation();
    const to = names[(names.indexOf(document.activeElement.dataset.name) + by + names.length) % names.length];
    choose(to);
    $(`part-${to}`).focus();
  });
  choose(e.kind === "warning" || (e.error && tabs.Why) ? "Why" : names[0]);
  return h("section", { "aria-label": `Entry ${e.seq}`, "data-testid": "entry" },
    h("div", { class: "entry-head" }, h("h3", {}, `Entry ${e.seq}: ${e.name}`), button("Close", links.close, { class: "plain", "aria-label": `Close entry ${e.seq}` })),
    bar, panel, connections(e, links), actions(e, found, links));
}

function tabsOf({ entry: e, body, delivery, request }) {
  const tabs = {};
  if (e.kind !== "warning") {
    tabs.Body = () => [request ? h("p", { class: "quiet" }, `${request.method} ${request.path}${request.query ? `?${request.query}` : ""}`) : null, code(body || request?.body, "The body")].filter(Boolean);
    tabs.Answer = () => (request ? code(request.answer, "The answer") : answerOf(delivery, e));
  }
  if (request?.headers?.length) tabs.Headers = () => h("ul", {}, ...request.headers.map((name) => h("li", {}, name)));
  if (delivery) tabs.Attempts = () => attempts(delivery);
  if (e.error || e.advice) {
    tabs.Why = () => [h("p", { class: e.error ? "bad" : undefined }, e.error || "It went well, and there is something to know."), e.advice ? h("p", {}, e.advice) : null].filter(Boolean);
  }
  return tabs;
}

function answerOf(delivery, e) {
  const mine = delivery?.attempts?.find((a) => a.time === e.time) ?? delivery?.attempts?.at(-1);
  if (!mine?.status) return h("p", { class: "quiet" }, "No answer");
  const head = h("p", { class: "quiet" }, `Status ${mine.status}${mine.content_type ? `, ${mine.content_type}` : ""}${mine.answer ? "" : ", no body"}`);
  return mine.answer ? [head, code(mine.answer, "The bot's answer")] : head;
}

function attempts(delivery) {
  return h("ol", { class: "attempts" }, ...(delivery.attempts ?? []).map((a) => h("li", {},
    `${new Date(a.time).toLocaleTimeString()} · ${a.status ?? "no answer"} · ${a.duration_ms} ms`, a.error ? h("p", { class: "bad" }, a.error) : null, a.advice ? h("p", {}, a.advice) : null)));
}

function code(text, label) {
  if (!text) return h("p", { class: "quiet" }, "Nothing, or too long to be kept.");
  const whole = pretty(text), box = h("pre", { tabindex: "0", role: "region", "aria-label": label }, whole.slice(0, cut));
  if (whole.length <= cut) return box;
  const more = button(`Show all ${Math.round(whole.length / 1000)} kB`, () => { box.textContent = whole; more.remove(); }, { class: "plain" });
  return h("div", {}, box, more);
}

function connections(e, { answers, callback, open, goTo }) {
  const go = (n) => button(`Log ${n}`, () => open(n), { class: "inline" });
  const mid = e.message_ids?.find((id) => conversation(e.person_id ?? state.me).messages.some((m) => m.id === id));
  const parts = [];
  if (callback) parts.push(h("p", {}, "Probably answers ", go(callback.seq)));
  if (e.kind === "callback" && answers.length) parts.push(h("p", {}, "Answered by ", ...answers.flatMap((a) => [go(a.seq), " "])));
  if (e.again) parts.push(h("p", {}, "Repeats ", go(e.again)));
  if (mid && e.person_id === state.me) parts.push(h("p", {}, button("Show the message", () => goTo(mid), { class: "inline", "data-testid": "to-message" })));
  return h("div", { class: "connections" }, ...parts);
}

function actions(e, found, { copyAs }) {
  if (e.kind === "warning") return null;
  return h("div", { class: "entry-actions" },
    button("Edit and send", () => editAndSend(e, found.body), { class: "plain", "data-testid": "edit-send" }),
    button("Send again", () => sendAgain(e), { class: "plain", "data-testid": "send-again" }),
    button("Copy as curl", () => copyAs(e.seq, "curl", "The command"), { class: "plain" }),
    button("Copy as Go test", () => copyAs(e.seq, "go", "The Go test"), { class: "plain" }),
    e.kind === "callback" ? button("Copy event", () => copyAs(e.seq, "event", "The event"), { class: "plain" }) : null);
}
