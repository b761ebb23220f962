// One line of a conversation: a message with its marks, or what happened between messages.

import { content } from "./content.js";
import { h, button, icon, link } from "./dom.js";
import { summary } from "./people.js";
import { clock, conversation, entriesAbout, pageOf, person, sender, state } from "./store.js";
import { deliveryOf, failed, triesOf } from "./timeline.js";

const timeOf = (time) => new Date(time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
const whole = (time) => new Date(time).toLocaleString();

// depsOf are the values on which the element of a line depends.
export function depsOf(line) {
  if (line.kind !== "message") return [line.entry];
  const m = line.message, delivery = m.from === "person" ? deliveryOf(m.id) : undefined;
  return [m, delivery, isLastSeen(m), state.done.get(m.id), m.reply_to ? original(m) : undefined];
}

export function line(l, open) {
  switch (l.kind) {
    case "day": return h("p", { class: "day" }, dayOf(l.time));
    case "jump": return h("p", { class: "event" }, `${duration(l.jump)} passed`);
    case "event": return event(l.entry, open);
    case "refused": return refused(l.entry, open);
    default: return bubble(l.message, open);
  }
}

function dayOf(time) {
  const at = new Date(time), today = new Date(clock());
  return at.toDateString() === today.toDateString() ? "Today" : at.toLocaleDateString([], { weekday: "long", year: "numeric", month: "long", day: "numeric" });
}

const duration = (ms) => (ms < 7200000 ? `${Math.round(ms / 60000)} min` : ms < 172800000 ? `${Math.round(ms / 3600000)} h` : `${Math.round(ms / 86400000)} days`);

const logButton = (e, open) => button(`Log ${e.seq}`, () => open(e.seq), { class: "inline" });

function event(e, open) {
  const bad = failed(e);
  return h("p", { class: bad ? "event bad" : "event", "data-testid": "event", title: whole(e.time) }, happened(e), bad ? ` · not delivered: ${reason(e)} ` : " ", logButton(e, open));
}

const reason = (e) => (e.advice ? `${e.error}. ${e.advice}` : e.error);

// happened is a sentence about a callback. Its preview says what the person did, or what an app did with the conversation.
const happened = (e) => (e.preview.startsWith("conversation ") ? `The ${e.preview.replace(" ", " was ")}` : `${e.person ?? "Someone"} ${e.preview}`);

// refused is a call of the bot that failed, drawn where its message would be.
function refused(e, open) {
  const what = e.name.endsWith(" messages") ? "The bot tried to send" : `The bot called ${e.name}`;
  return h("article", { class: "msg page refused", tabindex: "-1", "data-testid": "refused", "data-seq": e.seq }, h("div", { class: "bubble" },
    h("b", {}, e.preview ? `${what}: ${e.preview}` : what),
    h("p", { class: "bad" }, `Refused: ${e.error || `status ${e.status}`}`),
    e.advice ? h("p", {}, e.advice) : null), h("p", { class: "note" }, e.fault ? "A fault that was asked for · " : "", logButton(e, open)));
}

const original = (m) => conversation(m.person_id).messages.find((q) => q.id === m.reply_to);

function isLastSeen(m) {
  const c = conversation(m.person_id);
  if (m.from !== "person" || !c.seen || Date.parse(c.seen) < Date.parse(m.time)) return false;
  const later = c.messages.findLast((o) => o.from === "person" && Date.parse(o.time) <= Date.parse(c.seen));
  return later?.id === m.id;
}

function bubble(m, open) {
  const mine = m.from === "person", who = mine ? "You" : sender(m) || pageOf(person(m.person_id)).name;
  const delivery = mine ? deliveryOf(m.id) : undefined, seen = isLastSeen(m);
  const marks = mine ? markOf(delivery, seen) : "";
  const label = [`${who}: ${m.unsent ? "unsent" : summary(m)}`, timeOf(m.time), marks].filter(Boolean).join(", ");
  const reactions = [m.page_reaction, m.person_reaction].filter(Boolean);
  return h("article", {
    class: `msg ${m.from}`, tabindex: "-1", "aria-label": label, "data-from": m.from, "data-kind": m.kind, "data-mid": m.id, "data-testid": "message",
  },
  m.reply_to ? quote(m) : null,
  m.story ? h("p", { class: "note quote" }, "On a story: ", link(m.story, m.story)) : null,
  name(m),
  h("div", { class: "line" }, m.persona ? face(m.persona) : null, h("div", { class: "content" }, ...body(m)), more(m)),
  reactions.length ? h("p", { class: "reaction", "data-testid": "reaction", title: reactionTitle(m) }, reactions.join(" ")) : null,
  h("p", { class: "note marks", title: whole(m.time) }, timeOf(m.time), m.edits ? ` · Edited${m.edits > 1 ? ` ×${m.edits}` : ""}` : "",
    marks ? h("span", { "data-testid": seen ? "seen" : "mark" }, ` · ${marks}`) : null, m.tag ? ` · ${m.tag}` : ""),
  delivery && delivery.error ? failure(m, delivery, open) : null);
}

function body(m) {
  if (m.unsent) return [h("div", { class: "bubble gone" }, "You unsent a message")];
  if (m.kind === "postback") return [h("div", { class: "bubble tapped", dir: "auto" }, m.text)];
  return content(m);
}

const markOf = (delivery, seen) => (seen ? "Seen" : !delivery ? "Sent" : delivery.error ? "Not delivered" : "Delivered");

const reactionTitle = (m) => [m.page_reaction ? `the page: ${m.page_reaction}` : "", m.person_reaction ? `you: ${m.person_reaction}` : ""].filter(Boolean).join(", ");

const name = (m) => (sender(m) ? h("p", { class: "note", "data-testid": "sender" }, sender(m)) : null);

function face(persona) {
  const img = h("img", { class: "face", src: persona.profile_picture_url, alt: "", width: 28, height: 28, referrerpolicy: "no-referrer" });
  img.addEventListener("error", () => img.remove(), { once: true });
  return img;
}

function quote(m) {
  const q = original(m);
  if (!q) return h("p", { class: "note quote" }, "A message that is not here");
  return h("button", { type: "button", class: "note quote", dir: "auto", "aria-label": `Answers: ${summary(q)}`, onclick: () => goTo(q.id) }, summary(q));
}

// goTo shows a message and gives it the focus.
export function goTo(mid) {
  const el = document.querySelector(`[data-mid="${CSS.escape(mid)}"]`);
  el?.scrollIntoView({ block: "center" });
  el?.focus({ preventScroll: true });
  return Boolean(el);
}

function more(m) {
  const el = h("button", { type: "button", class: "icon more", "aria-label": "Message actions", popovertarget: "message-menu", "data-mid-menu": m.id, "data-testid": "message-more" });
  el.append(icon("more", 20));
  return el;
}

// failure says below a message that it did not reach the bot.
function failure(m, e, open) {
  const tries = triesOf(m.id), next = e.final ? "" : ` Try ${tries} has failed; it is tried again.`;
  return h("p", { class: "failed", "data-testid": "delivery-error" }, `Not delivered (${e.name}): ${reason(e)}${next} `, logButton(e, open));
}

// entryOf is the entry of the log that shows a message as it went over the wire.
export function entryOf(m) {
  const list = entriesAbout(m.id);
  return m.from === "page" ? list.find((e) => e.kind === "call") ?? list[0] : deliveryOf(m.id) ?? list[0];
}
