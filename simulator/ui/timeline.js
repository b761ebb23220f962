// A conversation as a list of lines: messages, and what happened between them. No DOM here.

import { clock, conversation, entriesAbout, entriesOf, state } from "./store.js";

// Callbacks that say what a bubble shows already, or what the bot did itself.
const silent = new Set(["messages", "messaging_postbacks", "message_echoes", "message_deliveries", "message_reads", "messaging_seen",
  "message_reactions", "message_edits", "message_edit", "standby"]);

const day = (time) => new Date(time).toDateString();

// timeline is what a conversation shows, in order: { kind, key, time, … } with the kinds message, refused, event, jump and day.
export function timeline(id = state.me) {
  const c = conversation(id), first = c.total && c.messages.length ? at(c.messages[0]) : 0;
  const notes = [...notesOf(id), ...(c.jumps ?? []).map((j) => ({ kind: "jump", key: `j${j.time}`, time: j.time, jump: j.jump }))]
    .filter((n) => at(n) >= first).sort((a, b) => at(a) - at(b));
  const lines = [];
  let next = 0;
  for (const message of c.messages) {
    const time = at(message);
    // Of what has the same time, what a person did comes first.
    while (next < notes.length && (at(notes[next]) < time || (at(notes[next]) === time && message.from === "page"))) lines.push(notes[next++]);
    lines.push({ kind: "message", key: message.id, time: message.time, message });
  }
  return withDays([...lines, ...notes.slice(next)]);
}

const at = ({ time }) => Date.parse(time);

function withDays(lines) {
  const all = [];
  let last = "";
  for (const line of lines) {
    if (day(line.time) !== last) {
      last = day(line.time);
      all.push({ kind: "day", key: `d${last}`, time: line.time });
    }
    all.push(line);
  }
  return all;
}

function notesOf(id) {
  const notes = [], deliveries = new Set();
  for (const e of entriesOf(id)) {
    if (e.kind === "call" && failed(e)) {
      notes.push({ kind: "refused", key: `l${e.seq}`, time: e.time, entry: e });
    } else if (e.kind === "callback" && !silent.has(e.name) && e.preview && !deliveries.has(e.delivery_id)) {
      deliveries.add(e.delivery_id);
      notes.push({ kind: "event", key: `l${e.seq}`, time: e.time, entry: e });
    }
  }
  return notes;
}

// failed reports whether an entry is one to look at.
export const failed = (e) => e.kind === "warning" || Boolean(e.error) || (e.kind === "call" && !(e.status >= 200 && e.status < 300));

// deliveryOf is what became of a person's message: the last callback that told the bot of it.
export function deliveryOf(mid) {
  let last;
  for (const e of entriesAbout(mid)) {
    if (e.kind === "callback" && !e.again && ["messages", "messaging_postbacks", "standby"].includes(e.name) && (!last || e.seq > last.seq)) last = e;
  }
  return last;
}

// triesOf is how often that was tried.
export const triesOf = (mid) => entriesAbout(mid).filter((e) => e.kind === "callback" && !e.again).length;

// typing reports whether the dots are shown: for 20 seconds.
export const typingFor = 20000;
export const typing = (c) => Boolean(c.typing) && Date.now() - (c.typingAt ??= Date.now()) < typingFor;

export const windowText = (since) => {
  const hours = Math.floor((clock() - since) / 3600000);
  return hours > 0 ? `${hours} h` : `${Math.max(1, Math.floor((clock() - since) / 60000))} min`;
};
