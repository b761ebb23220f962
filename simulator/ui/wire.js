// The panel that shows what went over the wire.

import { $, h, pretty } from "./dom.js";

const list = $("dev-list");
const seen = new Map(); // key → element
const keep = 400;

export function clear() {
  list.replaceChildren();
  seen.clear();
}

// delivery shows a callback, or its newest state.
export function delivery(d) {
  const attempts = d.attempts ?? [];
  const trouble = attempts.filter((a) => a.error || a.advice).map((a) => [a.error, a.advice].filter(Boolean).join(". "));
  const answers = attempts.filter((a) => a.answer).map((a) => a.answer);
  put(`d${d.id}`, d.time, d.person_id, d.message_id, {
    title: `→ bot  ${d.field}`, bad: d.state === "failed",
    state: attempts.length > 1 ? `${d.state}, ${attempts.length} tries` : d.state,
    parts: [
      ["callback", d.body], ...(trouble.length ? [["trouble", trouble.join("\n")]] : []),
      ...(answers.length ? [["the bot's answer", answers.join("\n")]] : []),
    ],
  });
}

let calls = 0;

// request shows a Graph call.
export function request(r) {
  let answer = {}, body = {};
  try { answer = JSON.parse(r.answer || "{}") ?? {}; } catch { /* shown as it is */ }
  try { body = JSON.parse(r.body || "{}") ?? {}; } catch { /* a form */ }
  const to = answer.recipient_id ?? body.recipient?.id ?? "";
  put(`r${calls++}`, r.time, String(to), answer.message_id, {
    title: `← ${r.method} ${r.path}`, bad: !(r.status >= 200 && r.status < 300), state: r.status ? String(r.status) : "dropped",
    parts: [...(r.query ? [["query", r.query]] : []), ...(r.body ? [["body", r.body]] : []), ...(r.answer ? [["answer", r.answer]] : [])],
  });
}

// stamp is a time that sorts: milliseconds, and the nanoseconds after them.
function stamp(time) {
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? "";
  return [Date.parse(time), Number(fraction.padEnd(9, "0").slice(3, 9))];
}

const later = (a, b) => (a[0] === b[0] ? a[1] > b[1] : a[0] > b[0]);

// put shows an entry, the newest on top, or replaces it. Callbacks and calls come
// live in the order of their ends, and after a reload one kind after the other:
// the order is always that of their beginnings.
function put(key, time, person, mid, { title, state, bad, parts }) {
  const old = seen.get(key);
  const el = h("li", { "data-person": person, "data-mid": mid, "data-time": time, "data-testid": "wire-entry" },
    h("details", { open: old?.firstChild.open },
      h("summary", {}, h("b", {}, title), h("span", { class: bad ? "bad" : "quiet" }, state)),
      ...parts.flatMap(([name, text]) => [h("h3", {}, name), h("pre", {}, pretty(text))])));
  seen.set(key, el);
  if (old) {
    old.replaceWith(el);
  } else {
    const at = stamp(time);
    list.insertBefore(el, [...list.children].find((other) => !later(stamp(other.dataset.time), at)) ?? null);
  }
  if (seen.size > keep) {
    const oldest = list.lastElementChild;
    oldest.remove();
    for (const [name, entry] of seen) if (entry === oldest) seen.delete(name);
  }
  filter();
}

let who = "";
export function setPerson(id) {
  who = id;
  filter();
}

function filter() {
  const all = $("dev-all").checked;
  for (const el of list.children) el.hidden = !all && el.dataset.person !== "" && el.dataset.person !== who;
}

export function toggle(open) {
  $("dev").hidden = !open;
  $("dev-toggle").setAttribute("aria-expanded", String(open));
  if (!open) $("dev-toggle").focus();
}

// reveal opens the panel at a message.
export function reveal(mid) {
  toggle(true);
  for (const el of list.children) {
    const match = el.dataset.mid === mid;
    el.firstChild.open = match;
    if (match) {
      el.hidden = false;
      el.scrollIntoView({ block: "nearest" });
      el.querySelector("summary").focus();
    }
  }
}

$("dev-all").addEventListener("change", filter);
$("dev-toggle").addEventListener("click", () => toggle($("dev").hidden));
$("dev-close").addEventListener("click", () => toggle(false));
