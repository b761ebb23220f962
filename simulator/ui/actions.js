// What the person at the page does. Refusals become a short message at the bottom.

import * as api from "./api.js";
import { $, h } from "./dom.js";
import { changed, clock, load, nameOf, pageOf, person, state } from "./store.js";

let toastTimer;

export function toast(text, bad = true) {
  clearTimeout(toastTimer);
  $("toast").replaceChildren(h("span", { class: bad ? "bad" : "good" }, text));
  toastTimer = setTimeout(() => $("toast").replaceChildren(), 6000);
}

// attempt runs something that calls the simulator and returns its answer, or undefined after a refusal, which it shows.
export async function attempt(what) {
  try {
    return await what();
  } catch (err) {
    toast(err.message);
    return undefined;
  }
}

export const act = (what, who = state.me) => attempt(() => api.post(`people/${who}/acts`, what));

// needs says so if the page is not subscribed to the webhook field of something that was done.
export function needs(field, instagram = field) {
  const page = pageOf(), name = page.platform === "instagram" ? instagram : field;
  if (!page.fields.includes(name)) toast(`The page is not subscribed to ${name}: the bot is not told.`);
}

// tell lets the person do what the simulator has no act for: the event reaches the bot as it is.
export function tell(event, who = state.me) {
  const page = pageOf(person(who));
  return attempt(() => api.post("callbacks", { event: { sender: { id: who }, recipient: { id: page.id }, timestamp: Math.round(clock()), ...event } }));
}

// tap lets the person tap a button of a message, or of one that the simulator does not offer by itself.
export const tap = (m, b) => act({ type: "button", title: b.title, payload: b.payload, mid: m.id }, m.person_id);
export const tapAnything = (m, title, payload) => act({ type: "old_button", title: title || payload, payload }, m.person_id);

// setDone notes what a person did with a message, which the platform keeps for itself: a coupon that was revealed.
export function setDone(m, part, value = true) {
  state.done.set(`${m.id} ${part}`, value);
  state.done.set(m.id, (state.done.get(m.id) ?? 0) + 1);
  changed("message");
}

export const isDone = (m, part) => state.done.get(`${m.id} ${part}`);

// select shows the conversation of a person.
export function select(id) {
  if (id === state.me) return;
  state.me = id;
  state.unread.delete(id);
  changed("select");
}

export async function addPerson(fields) {
  const p = await attempt(() => api.post("people", fields));
  if (!p) return undefined;
  if (!person(p.id)) state.people.push(p);
  changed("person");
  select(p.id);
  return p;
}

// sameAgain adds a person who is like another one, but has never written.
export function sameAgain(p = person()) {
  const { id, ...rest } = p;
  return addPerson({ ...rest, last_name: nextName(p) });
}

function nextName(p) {
  const names = new Set(state.people.map(nameOf));
  const base = (p.last_name ?? "").replace(/ \d+$/, "").trim();
  for (let n = 2; ; n++) {
    const last = `${base} ${n}`.trim();
    if (!names.has(nameOf({ ...p, last_name: last }))) return last;
  }
}

// restart forgets the conversation of a person.
export const restart = (id = state.me) => attempt(() => api.request("DELETE", `people/${id}/conversation`));

export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    toast(`${what} copied`, false);
  } catch {
    const { show } = await import("./dialogs.js");
    show(what, h("textarea", { class: "code", rows: 12, readonly: true, "aria-label": what }, text));
  }
}

export async function reload() {
  load(await api.get("state?record=log"));
}
