// A conversation that is lived through again by a new person.

import { sameAgain, toast } from "./actions.js";
import * as api from "./api.js";
import { conversation, person } from "./store.js";

const patience = "5s";

// replay lets a person who is like the one of the message do the same: all until the message, or all from it on.
export async function replay(m, which) {
  const messages = conversation(m.person_id).messages, at = messages.findIndex((q) => q.id === m.id);
  const part = which === "until" ? messages.slice(0, at + 1) : messages.slice(at);
  const p = await sameAgain(person(m.person_id));
  if (!p) return;
  let before;
  for (const [i, old] of part.entries()) {
    if (old.from !== "person") continue;
    try {
      before = await again(p.id, old);
      await api.post("flush");
      if (before && part[i + 1]?.from === "page") await api.get(`people/${p.id}/wait?after=${encodeURIComponent(before)}&timeout=${patience}`);
    } catch (err) {
      if (err.status !== 404) { // the bot may have nothing to say this time
        toast(`The replay ended: ${err.message}`);
        return;
      }
    }
  }
  toast("The replay is done", false);
}

// again does what a message tells of, and returns its mid.
async function again(psid, m) {
  const ways = actsOf(m);
  for (const [i, act] of ways.entries()) {
    try {
      return (await api.post(`people/${psid}/acts`, act)).mid;
    } catch (err) {
      if (i === ways.length - 1 || err.status >= 500) throw err;
    }
  }
  return undefined;
}

// actsOf are the ways to do it, of which the first that works is taken: what was tapped may not be offered any more.
function actsOf(m) {
  const a = m.attachments?.[0];
  if (m.kind === "postback") {
    return [{ type: "button", title: m.text, payload: m.payload }, { type: "menu", title: m.text }, { type: "old_button", title: m.text, payload: m.payload }];
  }
  if (m.payload) return [{ type: "quick_reply", title: m.text, payload: m.payload }, { type: "old_quick_reply", title: m.text, payload: m.payload }];
  if (a?.type === "sticker") return [{ type: "sticker", sticker_id: a.sticker_id }];
  if (a?.type === "location") return [{ type: "location", latitude: a.latitude ?? 0, longitude: a.longitude ?? 0, title: a.title }];
  if (a) return [{ type: "attachment", kind: a.type, urls: m.attachments.map((each) => each.url) }];
  return [{ type: "say", text: m.text }];
}
