// The list of conversations.

import { attempt, addPerson, select } from "./actions.js";
import * as api from "./api.js";
import { ask } from "./dialogs.js";
import { $, button, h, icon } from "./dom.js";
import { elementOf, keyed } from "./keyed.js";
import { conversation, nameOf, pageOf, state, strangers } from "./store.js";
import { typing } from "./timeline.js";

// A list of hundreds of people is searched.
const searchFrom = 8;

let onOpen = () => {};

export function startPeople(open) {
  onOpen = open;
  $("people-search").addEventListener("input", showPeople);
  $("add-person").addEventListener("click", newPerson);
  $("add-page").addEventListener("click", newPage);
  $("people-list").addEventListener("keydown", (e) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    const items = [...$("people-list").querySelectorAll("a")], at = items.indexOf(document.activeElement);
    if (!step || at < 0) return;
    e.preventDefault();
    items[Math.max(0, Math.min(items.length - 1, at + step))].focus();
  });
}

async function newPerson() {
  const values = await ask("Add a person", {
    submit: "Add",
    fields: [
      { name: "first_name", label: "First name", required: true }, { name: "last_name", label: "Last name" },
      { name: "locale", label: "Locale", value: "en_US", pattern: "[a-z]{2,3}_[A-Z]{2}", title: "like en_US", spellcheck: "false" },
      ...(state.pages.length > 1 ? [{ name: "page_id", label: "Writes to", type: "select", value: pageOf().id, options: state.pages.map((p) => [p.id, pageName(p)]) }] : []),
    ],
  });
  if (!values || !(await addPerson({ page_id: pageOf().id, ...values }))) return;
  onOpen();
}

async function newPage() {
  const values = await ask("Add a page", {
    submit: "Add",
    fields: [{ name: "name", label: "Name", required: true }, { name: "platform", label: "Platform", type: "select", value: "messenger", options: ["messenger", "instagram"] }],
  });
  if (!values) return;
  const page = await attempt(() => api.post("pages", values));
  if (page) await addPerson({ first_name: "Eve", locale: "en_US", page_id: page.id });
}

const pageName = (page) => (page.platform === "instagram" ? `${page.name} (Instagram)` : page.name);

export const pictureOf = (p) => p.profile_pic || `simulator/pictures/${p.id}`;

export function showPeople() {
  const several = state.pages.length > 1;
  $("people-search").hidden = state.people.length < searchFrom;
  const words = $("people-search").hidden ? "" : $("people-search").value.trim().toLowerCase();
  const shown = state.people.filter((p) => nameOf(p).toLowerCase().includes(words));
  const items = [];
  for (const page of state.pages) {
    const people = shown.filter((p) => p.page_id === page.id);
    if (several && (people.length || !words)) items.push({ key: `page ${page.id}`, page });
    items.push(...people.map((p) => ({ key: p.id, person: p })));
  }
  const others = words ? [] : strangers();
  if (others.length) items.push({ key: "others", page: { name: "Not a person", platform: "" } }, ...others.map((id) => ({ key: id, other: id })));
  keyed($("people-list"), items, {
    key: (i) => i.key,
    deps: (i) => (i.page ? [i.page.name] : [i.person, i.key === state.me, state.unread.get(i.key), about(i), several]),
    build: (i) => (i.page ? h("li", { class: "page-name" }, pageName(i.page)) : h("li", {}, personLink(i))),
  });
  $("people-empty").hidden = items.some((i) => !i.page);
  $("people-empty").textContent = words ? "Nobody has that name." : "Nobody is here. Add a person, who then writes to the bot.";
}

function about({ key, person: p }) {
  const c = conversation(key), last = c.messages.at(-1);
  if (typing(c)) return "typing…";
  if (last) return (last.from === "person" ? "You: " : "") + summary(last);
  return p ? [p.locale, p.username ? `@${p.username}` : ""].filter(Boolean).join(" · ") : "";
}

// summary is a message on one line.
export function summary(m) {
  if (m.unsent) return "Unsent";
  if (m.text) return m.text.length > 200 ? `${m.text.slice(0, 200)}…` : m.text;
  const a = m.attachments?.[0];
  const words = a?.template?.text || a?.template?.elements?.[0]?.title || a?.title;
  return [`[${a?.template?.template_type ?? a?.type ?? "message"}]`, words].filter(Boolean).join(" ");
}

function personLink(i) {
  const current = i.key === state.me, unread = state.unread.get(i.key) ?? 0, name = i.person ? nameOf(i.person) : i.other;
  const news = unread ? `, ${unread} new message${unread > 1 ? "s" : ""}` : null;
  return h("a", {
    href: `#p=${i.key}`, "data-testid": `person-${i.key}`, "aria-current": current ? "true" : undefined,
    class: unread ? "unread" : "", onclick: (e) => { e.preventDefault(); select(i.key); onOpen(); },
  }, i.person ? h("img", { src: pictureOf(i.person), alt: "", width: 40, height: 40, loading: "lazy" }) : icon("more"),
  h("span", { class: "who" }, h("b", { dir: "auto" }, name), news ? h("span", { class: "hidden-text" }, news) : null, h("span", { class: "quiet line1", dir: "auto" }, about(i))),
  unread ? h("span", { class: "count", "aria-hidden": "true" }, String(unread)) : null);
}

// step selects the person before or after.
export function step(by) {
  const ids = state.people.map((p) => p.id), at = ids.indexOf(state.me);
  const next = ids[(at + by + ids.length) % ids.length];
  if (next) select(next);
}

export const focusPerson = () => elementOf($("people-list"), state.me)?.querySelector("a")?.focus();

export const addButton = () => button("Add a person", newPerson, { class: "primary" });
