// The conversation in the middle.

import { act, attempt } from "./actions.js";
import { showBanner } from "./banner.js";
import { depsOf, line } from "./bubble.js";
import * as api from "./api.js";
import { $, button, h } from "./dom.js";
import { keyed } from "./keyed.js";
import { pictureOf } from "./people.js";
import { changed, conversation, nameOf, pageOf, person, state } from "./store.js";
import { timeline, typing, typingFor } from "./timeline.js";
import { showWelcome } from "./welcome.js";

const step = 200; // so many lines are shown first
let shown = step, openEntry = () => {}, typingTimer, liveTimer;
const readUpTo = new Map();

const scroller = $("scroll");
const atEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
export const toEnd = () => { scroller.scrollTop = scroller.scrollHeight; };

export function startChat(open) {
  openEntry = open;
  document.addEventListener("visibilitychange", markRead);
  new ResizeObserver(() => { if (stuck) toEnd(); }).observe($("log"));
  new ResizeObserver(() => { if (stuck) toEnd(); }).observe(scroller);
  // What grows below does not end it, only a reader who goes up.
  scroller.addEventListener("scroll", () => {
    if (atEnd()) stuck = true;
    else if (scroller.scrollTop < lastTop) stuck = false;
    lastTop = scroller.scrollTop;
  }, { passive: true });
}

let lastTop = 0, stuck = true; // to the end, so that what is new is seen

// showConversation begins with another conversation.
export function showConversation() {
  shown = step;
  stuck = true;
  const p = person(), page = pageOf(p);
  $("page-name").textContent = page.name;
  document.title = `${page.name} – Messenger simulator`;
  $("chat-name").textContent = p ? nameOf(p) : state.me ? `Messages to ${state.me}` : "Nobody here yet";
  $("chat-picture").hidden = !p;
  if (p && $("chat-picture").getAttribute("src") !== pictureOf(p)) $("chat-picture").src = pictureOf(p);
  $("text").setAttribute("aria-label", p ? `Message as ${nameOf(p)}` : "Message");
  $("log").setAttribute("aria-label", p ? `Messages with ${nameOf(p)}` : "Messages");
  $("log").setAttribute("aria-live", "off"); // a change of person is no news
  clearTimeout(liveTimer);
  liveTimer = setTimeout(() => $("log").setAttribute("aria-live", "polite"), 500);
  showMessages();
  toEnd();
}

// showMessages brings the conversation up to date.
export function showMessages() {
  const lines = state.me ? timeline() : [], c = conversation();
  const last = lines.findLast((l) => l.kind === "message");
  if (last?.message.from === "person" && last.key !== lastOwn) stuck = true;
  lastOwn = last?.message.from === "person" ? last.key : lastOwn;
  const visible = lines.slice(-shown);
  keyed($("log"), visible, { key: (l) => l.key, deps: depsOf, build: (l) => line(l, openEntry) });
  rove();
  showEarlier(lines.length + (c.total ? c.total - c.messages.length : 0), visible.length);
  showWelcome();
  showTyping(c);
  showBanner();
  if (stuck) toEnd();
  markRead();
}

let lastOwn = "";

function showEarlier(total, visible) {
  $("earlier").hidden = total <= visible;
  if (total <= visible) {
    $("earlier").replaceChildren();
    return;
  }
  const words = `The last ${visible} of ${total}. Show earlier ones`;
  if ($("earlier").textContent === words) return;
  $("earlier").replaceChildren(button(words, earlier, { class: "plain" }));
}

// earlier shows more of what was said, and keeps the place where the reader is.
async function earlier() {
  const c = conversation(), from = scroller.scrollHeight - scroller.scrollTop;
  if (c.total > c.messages.length) {
    const all = await attempt(() => api.get(`people/${state.me}/messages`));
    if (!all) return;
    c.messages = all;
    delete c.total;
  }
  shown += step;
  stuck = false;
  changed("message");
  requestAnimationFrame(() => { scroller.scrollTop = scroller.scrollHeight - from; });
}

function showTyping(c) {
  clearTimeout(typingTimer);
  const on = typing(c), who = `${pageOf().name} is typing`;
  if (on !== ($("typing").childElementCount > 0)) {
    $("typing").replaceChildren(...(on ? [h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), h("span", { class: "hidden-text" }, who)] : []));
  }
  if (on) typingTimer = setTimeout(() => { c.typing = false; changed("action"); }, typingFor - (Date.now() - c.typingAt));
}

// markRead tells the page that the person sees its messages.
function markRead() {
  const last = conversation().messages.findLast((m) => m.from === "page");
  if (!last || !person() || document.visibilityState !== "visible" || readUpTo.get(state.me) === last.id) return;
  readUpTo.set(state.me, last.id);
  state.unread.delete(state.me);
  act({ type: "read" });
}

// --- the keyboard: one message at a time is in the order of the tabs

function rove() {
  const all = [...$("log").querySelectorAll("article")];
  const current = all.find((el) => el.tabIndex === 0) ?? all.at(-1);
  for (const el of all) el.tabIndex = el === current ? 0 : -1;
  if (all.length && current !== all.at(-1) && !$("log").contains(document.activeElement)) {
    current.tabIndex = -1;
    all.at(-1).tabIndex = 0;
  }
}

// moveIn moves the focus by so many messages.
export function moveIn(by) {
  const all = [...$("log").querySelectorAll("article")], at = all.indexOf(document.activeElement?.closest("#log article"));
  const to = all[Math.max(0, Math.min(all.length - 1, at < 0 ? all.length - 1 : at + by))];
  if (!to) return;
  for (const el of all) el.tabIndex = el === to ? 0 : -1;
  to.focus();
}

export const focusedMessage = () => {
  const mid = document.activeElement?.closest("#log article")?.dataset.mid;
  return mid && conversation().messages.find((m) => m.id === mid);
};
