// What the page knows of the simulator. No DOM here.

const logKeep = 2000;

export const state = {};
const listeners = new Set();
let byPerson, byMessage, bySeq;

clear();

function clear() {
  Object.assign(state, {
    phase: "loading", // loading, connecting, live, lost
    pages: [], people: [], conversations: {}, log: [],
    webhook: "", webhook_error: "", webhook_advice: "", now: "", frozen: false, readAt: 0,
    me: state.me ?? "", unread: state.unread ?? new Map(), done: state.done ?? new Map(),
  });
  [byPerson, byMessage, bySeq] = [new Map(), new Map(), new Map()];
}

// subscribe calls a function with the kinds of what has changed.
export function subscribe(listener) { listeners.add(listener); }

export function changed(...kinds) { for (const listener of listeners) listener(kinds); }

// load takes the answer of simulator/state.
export function load(answer) {
  clear();
  const { log = [], ...rest } = answer;
  Object.assign(state, rest, { phase: "connecting", readAt: Date.now() });
  for (const entry of log) addEntry(entry);
  if (!state.people.some((p) => p.id === state.me) && !state.conversations[state.me]) state.me = state.people[0]?.id ?? "";
  changed("all");
}

export function setPhase(phase) {
  if (state.phase === phase) return;
  state.phase = phase;
  changed("status");
}

// apply takes an event of simulator/events.
export function apply(kind, data) {
  const of = (id) => conversation(id);
  switch (kind) {
    case "message": takeMessage(data); break;
    case "action":
      if (data.name === "mark_seen") of(data.person_id).seen = data.time;
      else Object.assign(of(data.person_id), { typing: data.name === "typing_on", typingAt: Date.now() });
      break;
    case "log": addEntry(data); break;
    case "person": if (!person(data.id)) state.people.push(data); break;
    case "profile": { const page = state.pages.find((q) => q.id === data.page_id); if (page) page.profile = data.profile; break; }
    case "menu": of(data.person_id).menu = data.menu; break;
    case "thread": of(data.person_id).thread = data; break;
    case "conversation": Object.assign(of(data.person_id), { blocked: false }, data); break;
    case "clock": moveClock(data); break;
    case "webhook": Object.assign(state, { webhook: data.url, webhook_error: data.error, webhook_advice: data.advice }); break;
  }
  changed(kind);
}

function takeMessage(m) {
  const c = conversation(m.person_id), i = c.messages.findLastIndex((old) => old.id === m.id);
  if (i >= 0) {
    c.messages[i] = m;
    return;
  }
  c.messages.push(m);
  if (m.from === "person") c.last_act = m.time;
  if (c.total) c.total++;
  if (m.from !== "page") return;
  c.typing = false;
  if (m.person_id !== state.me) state.unread.set(m.person_id, (state.unread.get(m.person_id) ?? 0) + 1);
}

function moveClock({ now, frozen }) {
  const jump = Date.parse(now) - clock();
  if (jump > 60000 && state.me) (conversation(state.me).jumps ??= []).push({ time: now, jump });
  Object.assign(state, { now, frozen, readAt: Date.now() });
}

// clock is the simulator's time in milliseconds.
export const clock = () => Date.parse(state.now) + (state.frozen ? 0 : Date.now() - state.readAt);

// --- the log, in the order of the beginnings

function addEntry(e) {
  const known = bySeq.get(e.seq);
  bySeq.set(e.seq, e);
  if (known) {
    state.log[state.log.indexOf(known)] = e;
  } else {
    let at = state.log.length;
    while (at > 0 && state.log[at - 1].seq > e.seq) at--;
    state.log.splice(at, 0, e);
  }
  if (state.log.length > logKeep * 1.1) for (const old of state.log.splice(0, state.log.length - logKeep)) forget(old);
  index(byPerson, e.person_id ?? "", e);
  for (const mid of e.message_ids ?? []) index(byMessage, mid, e);
}

function index(map, key, e) {
  const list = map.get(key) ?? [];
  const i = list.findIndex((old) => old.seq === e.seq);
  if (i >= 0) list[i] = e;
  else list.push(e);
  map.set(key, list);
}

function forget(e) {
  bySeq.delete(e.seq);
  for (const [map, keys] of [[byPerson, [e.person_id ?? ""]], [byMessage, e.message_ids ?? []]]) {
    for (const key of keys) {
      const rest = map.get(key)?.filter((old) => old !== e) ?? [];
      if (rest.length) map.set(key, rest);
      else map.delete(key);
    }
  }
}

export const entry = (seq) => bySeq.get(seq);
export const entriesOf = (psid) => byPerson.get(psid) ?? [];
export const entriesAbout = (mid) => byMessage.get(mid) ?? [];
export const callbackOf = (delivery) => state.log.findLast((e) => e.kind === "callback" && e.delivery_id === delivery);
export const answersTo = (delivery) => state.log.filter((e) => e.kind === "call" && e.answers_delivery === delivery);

// --- people and pages

export const conversation = (id = state.me) => (state.conversations[id] ??= { person_id: id, messages: [] });
export const person = (id = state.me) => state.people.find((p) => p.id === id);
export const pageOf = (p = person()) => state.pages.find((q) => q.id === p?.page_id) ?? state.pages[0] ?? { name: "Messenger simulator", profile: {}, fields: [] };
export const nameOf = (p) => (p ? [p.first_name, p.last_name].filter(Boolean).join(" ") : "");

// strangers are conversations with what is no person: a user_ref, a comment, a token.
export const strangers = () => Object.entries(state.conversations).filter(([id, c]) => c.messages.length && !person(id)).map(([id]) => id);

// windowClosedSince is when the 24-hour window closed, or 0 while it is open or nobody has written.
export function windowClosedSince(id = state.me) {
  const last = Date.parse(conversation(id).last_act ?? "");
  return last && clock() - last > 24 * 3600 * 1000 ? last + 24 * 3600 * 1000 : 0;
}

// sender is who wrote a message of the page, if it was not the bot in its own name.
export function sender(m) {
  if (m.persona) return m.persona.name;
  const page = pageOf(person(m.person_id));
  if (m.from !== "page" || !m.app_id || m.app_id === page.app_id) return "";
  return m.app_id === page.inbox ? "A human in the inbox" : `App ${m.app_id}`;
}

// localized is the entry of a property of the Messenger Profile for the locale of a person.
export function localized(property, list) {
  const entries = list ?? pageOf().profile[property] ?? [];
  return entries.find((e) => e.locale === person()?.locale) ?? entries.find((e) => e.locale === "default");
}
