// The chat page: state from simulator/state, then live by server-sent events.

import { $, h, icon } from "./dom.js";
import { button, content } from "./bubbles.js";
import * as wire from "./wire.js";

let state = { people: [], conversations: {}, pages: [], page: {} };
let me = ""; // the selected person
let source, retry, typingTimer, toastTimer;
const unread = new Set(), failures = new Map(), readUpTo = new Map();

const conversation = (id = me) => (state.conversations[id] ??= { messages: [] });
const person = () => state.people.find((p) => p.id === me);
const pageOf = (p = person()) => state.pages.find((q) => q.id === p?.page_id) ?? { ...state.page, profile: {} };

// --- talking to the simulator

async function call(path, body, headers = { "Content-Type": "application/json" }) {
  try {
    const resp = await fetch(path, { method: "POST", headers, body });
    const answer = await resp.json();
    if (!resp.ok) throw new Error(answer.error);
    return answer;
  } catch (err) {
    toast(err.message.replace(/^simulator: /, ""));
    return undefined;
  }
}

const act = (what, who = me) => call(`simulator/people/${who}/acts`, JSON.stringify(what));

function toast(text) {
  clearTimeout(toastTimer);
  $("toast").replaceChildren(h("span", {}, text));
  toastTimer = setTimeout(() => $("toast").replaceChildren(), 6000);
}

function status(text, bad = false) {
  const stick = atEnd(); // a longer text takes a line from the conversation
  if ($("status").textContent !== text) $("status").textContent = text;
  $("status").classList.toggle("bad", bad);
  if (stick) toEnd();
}

// showStatus says whether messages get through: the page is connected to the
// simulator, and the bot took the last callback.
function showStatus() {
  const { webhook: url, webhook_error: error, webhook_advice: advice } = state;
  if (!url) status("No bot connected", true);
  else if (error) status(`Last callback failed: ${words(error, advice)}`, true);
  else status("Connected");
}

// words joins what happened and what to do about it.
const words = (error, advice) => (advice ? `${error}. ${advice}` : error);

async function load() {
  clearTimeout(retry);
  source?.close();
  try {
    const resp = await fetch("simulator/state");
    state = await resp.json();
  } catch {
    status("No connection, trying again…", true);
    retry = setTimeout(load, 2000);
    return;
  }
  failures.clear();
  wire.clear();
  showWebhook();
  state.deliveries.forEach(noteDelivery);
  state.requests.forEach(wire.request);
  let saved = "";
  try { saved = localStorage.getItem("person") ?? ""; } catch { /* storage is off */ }
  const wanted = [me, saved].find((id) => state.people.some((p) => p.id === id)) ?? state.people[0]?.id ?? "";
  select(wanted);
  listen(state.cursor);
}

function listen(cursor) {
  source = new EventSource(`simulator/events?after=${encodeURIComponent(cursor)}`);
  source.onopen = showStatus;
  source.onerror = () => {
    status("Connection lost, trying again…", true);
    if (source.readyState === EventSource.CLOSED) retry = setTimeout(load, 2000);
  };
  const on = (kind, f) => source.addEventListener(kind, (e) => f(JSON.parse(e.data)));
  on("reset", load);
  on("message", onMessage);
  on("action", onAction);
  on("delivery", (d) => { noteDelivery(d); if (d.person_id === me) showFailures(); });
  on("request", wire.request);
  on("person", (p) => { if (!state.people.some((q) => q.id === p.id)) state.people.push(p); showPeople(); });
  on("page", load);
  on("profile", (p) => {
    const page = state.pages.find((q) => q.id === p.page_id);
    if (page) page.profile = p.profile;
    showMenu();
    showWelcome();
  });
  on("menu", (m) => {
    conversation(m.person_id).menu = m.menu;
    if (m.person_id === me) showMenu();
  });
  on("webhook", (w) => { state.webhook = w.url; state.webhook_error = w.error; state.webhook_advice = w.advice; showWebhook(); showStatus(); });
}

// --- what happens

function onMessage(m) {
  const c = conversation(m.person_id);
  const i = c.messages.findIndex((old) => old.id === m.id);
  if (i < 0) c.messages.push(m);
  else c.messages[i] = m;
  if (i < 0 && m.from === "page") c.typing = false;
  if (m.person_id !== me) {
    if (i < 0 && m.from === "page") { unread.add(m.person_id); showPeople(); }
    return;
  }
  const stick = atEnd();
  const el = bubble(m);
  if (i < 0) $("log").append(el);
  else $("log").querySelector(`[data-mid="${CSS.escape(m.id)}"]`)?.replaceWith(el);
  showAround();
  if (i < 0 && (stick || m.from === "person")) toEnd();
  markRead();
}

function onAction(a) {
  const c = conversation(a.person_id);
  if (a.name === "mark_seen") c.seen = a.time;
  else c.typing = a.name === "typing_on";
  if (a.person_id !== me) return;
  const stick = atEnd();
  showAround();
  if (stick) toEnd();
}

function noteDelivery(d) {
  wire.delivery(d);
  if (d.state !== "failed") return;
  const list = failures.get(d.person_id) ?? [];
  const last = d.attempts?.at(-1);
  list.push({ mid: d.message_id, field: d.field, why: words(last?.error ?? "no answer", last?.advice) });
  failures.set(d.person_id, list);
}

// markRead tells the page that the person sees its messages.
function markRead() {
  const last = conversation().messages.findLast((m) => m.from === "page");
  if (!last || document.visibilityState !== "visible" || readUpTo.get(me) === last.id) return;
  readUpTo.set(me, last.id);
  act({ type: "read" });
}

// --- showing it

const scroller = $("scroll");
const atEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
const toEnd = () => { scroller.scrollTop = scroller.scrollHeight; };

function showWebhook() {
  $("webhook").textContent = state.webhook ? `Bot: ${state.webhook}` : "No bot connected";
}

function showPeople() {
  const focused = document.activeElement?.dataset?.person;
  $("people-list").replaceChildren(...state.people.map((p) => h("li", {}, h("button", {
    type: "button", "data-testid": `person-${p.id}`, "data-person": p.id, "aria-current": String(p.id === me),
    class: unread.has(p.id) ? "unread" : "", onclick: () => select(p.id, true),
  }, h("img", { src: p.profile_pic || `simulator/pictures/${p.id}`, alt: "", width: 40, height: 40 }),
  h("span", {}, h("b", { dir: "auto" }, name(p)), h("span", { class: "quiet", dir: "auto" }, about(p)),
    unread.has(p.id) ? h("span", { class: "hidden-text" }, "new messages") : null)))));
  if (focused) $("people-list").querySelector(`[data-person="${CSS.escape(focused)}"]`)?.focus();
}

const name = (p) => [p.first_name, p.last_name].filter(Boolean).join(" ");

// about is what stands below a name: the locale, and the page if there are several.
const about = (p) => {
  const page = pageOf(p);
  return [p.locale, state.pages.length > 1 ? page.name : "", page.platform === "instagram" ? "Instagram" : ""].filter(Boolean).join(" · ");
};

// sender is who wrote a message of the page, if it was not the bot in its own name.
const sender = (m) => {
  if (m.persona) return m.persona.name;
  if (m.from !== "page" || !m.app_id || m.app_id === pageOf().app_id) return "";
  return m.app_id === pageOf().inbox ? "A human in the inbox" : `App ${m.app_id}`;
};

function select(id, byHand) {
  me = id;
  if (byHand) {
    try { localStorage.setItem("person", id); } catch { /* storage is off */ }
  }
  unread.delete(id);
  showPeople();
  const p = person(), page = pageOf(p);
  $("page-name").textContent = page.name;
  document.title = `${page.name} – Messenger simulator`;
  $("chat-name").textContent = p ? name(p) : "Nobody here yet";
  $("chat-picture").hidden = !p;
  if (p) $("chat-picture").src = p.profile_pic || `simulator/pictures/${p.id}`;
  $("text").setAttribute("aria-label", p ? `Message as ${name(p)}` : "Message");
  const log = $("log");
  log.setAttribute("aria-live", "off"); // a change of person is no news
  log.replaceChildren(...conversation().messages.map(bubble));
  requestAnimationFrame(() => log.setAttribute("aria-live", "polite"));
  showMenu();
  showAround();
  wire.setPerson(id);
  toEnd();
  markRead();
}

function bubble(m) {
  const c = conversation(m.person_id);
  const quoted = m.reply_to && c.messages.find((q) => q.id === m.reply_to);
  const tools = h("div", { class: "tools" },
    h("button", { type: "button", "aria-label": "React", "data-testid": "react", onclick: (e) => openPalette(e.currentTarget, m) }, icon("smile", 20)),
    h("button", { type: "button", "aria-label": "Show on the wire", "data-testid": "raw", onclick: () => wire.reveal(m.id) }, "{ }"));
  const reactions = [m.page_reaction, m.person_reaction].filter(Boolean).join(" ");
  return h("li", { class: `msg ${m.from}`, "data-from": m.from, "data-kind": m.kind, "data-mid": m.id, "data-testid": "message" },
    h("span", { class: "hidden-text" }, m.from === "page" ? `${pageOf().name}:` : "You:"),
    quoted ? h("div", { class: "note quote", dir: "auto" }, quoted.text || "Attachment") : null,
    m.story ? h("div", { class: "note quote" }, "A story") : null,
    sender(m) ? h("span", { class: "note", "data-testid": "sender" }, sender(m)) : null,
    h("div", { class: "line" }, h("div", { class: "content" }, ...content(m, act)), tools),
    reactions ? h("span", { class: "reaction", "data-testid": "reaction" }, reactions) : null,
    m.unsent ? h("span", { class: "note" }, "Unsent") : null,
    m.edits ? h("span", { class: "note" }, "Edited") : null);
}

// showAround brings everything beside the bubbles up to date.
function showAround() {
  const c = conversation();
  showWelcome();
  showChips();
  showFailures();
  $("log").querySelector(".seen")?.remove();
  const mine = c.messages.findLast((m) => m.from === "person");
  if (mine && c.seen && new Date(c.seen) >= new Date(mine.time)) {
    $("log").querySelector(`[data-mid="${CSS.escape(mine.id)}"]`)?.append(h("span", { class: "note seen", "data-testid": "seen" }, "Seen"));
  }
  clearTimeout(typingTimer);
  $("typing").hidden = !c.typing;
  if (c.typing) typingTimer = setTimeout(() => { c.typing = false; $("typing").hidden = true; }, 20000);
}

function showChips() {
  const newest = conversation().messages.at(-1);
  const chips = newest?.from === "page" ? newest.quick_replies ?? [] : [];
  const p = person();
  $("chips").replaceChildren(...chips.map((q) => {
    const title = { user_email: p?.email, user_phone_number: p?.phone }[q.content_type] ?? q.title;
    if (!title) return null;
    const what = q.content_type === "text" ? { title: q.title } : { payload: q.content_type };
    const img = q.image_url ? h("img", { src: q.image_url, alt: "" }) : null;
    return h("button", { type: "button", class: "chip", dir: "auto", "data-testid": "quick-reply",
      onclick: () => { $("text").focus(); act({ type: "quick_reply", ...what }); } }, img, title);
  }).filter(Boolean));
}

function showFailures() {
  $("notices").replaceChildren();
  for (const el of $("log").querySelectorAll(".failed")) el.remove();
  for (const f of failures.get(me) ?? []) {
    const note = h("p", { class: "failed", "data-testid": "delivery-error" }, `Not delivered (${f.field}): ${f.why}`);
    const at = f.mid && $("log").querySelector(`[data-mid="${CSS.escape(f.mid)}"]`);
    if (at) at.append(note);
    else $("notices").replaceChildren(note); // the latest is enough
  }
}

function localized(property, list = pageOf().profile[property] ?? []) {
  return list.find((e) => e.locale === person()?.locale) ?? list.find((e) => e.locale === "default");
}

function showWelcome() {
  const p = person();
  const fresh = p && conversation().messages.length === 0;
  const flat = (pageOf().profile.ice_breakers ?? []).filter((e) => e.question); // the form without locales
  const greeting = localized("greeting")?.text;
  const breakers = flat.length > 0 ? flat : localized("ice_breakers")?.call_to_actions ?? [];
  $("welcome").hidden = !fresh;
  if (!fresh) return;
  const fill = { user_first_name: p.first_name, user_last_name: p.last_name ?? "", user_full_name: name(p) };
  $("greeting").textContent = greeting ? greeting.replace(/\{\{(\w+)\}\}/g, (all, key) => fill[key] ?? all)
    : `Write to ${pageOf(p).name} as ${p.first_name}.`;
  $("ice-breakers").replaceChildren(...breakers.map((b) => h("button", { type: "button", class: "chip", dir: "auto",
    "data-testid": "ice-breaker", onclick: () => act({ type: "ice_breaker", title: b.question }) }, b.question)));
  $("get-started").hidden = !pageOf(p).profile.get_started || breakers.length > 0;
}

function showMenu() {
  const menu = localized("persistent_menu", conversation().menu ?? undefined);
  $("menu-button").hidden = !menu?.call_to_actions?.length;
  $("text").hidden = $("send").hidden = Boolean(menu?.composer_input_disabled);
  $("menu").replaceChildren(...(menu?.call_to_actions ?? []).map((b) => {
    const item = button(b, act, "menu");
    item.dataset.testid = "menu-item";
    item.addEventListener("click", () => $("menu").hidePopover());
    return item;
  }));
}

// --- popups and the composer

function placeAt(popup, anchor) {
  const box = anchor.getBoundingClientRect(), width = popup.offsetWidth;
  popup.style.left = `${Math.max(12, Math.min(box.left, innerWidth - width - 12))}px`;
  popup.style.bottom = `${Math.min(innerHeight - box.top + 6, innerHeight - popup.offsetHeight - 12)}px`;
}

for (const [popup, anchor] of [["menu", "menu-button"], ["attach", "attach-button"]]) {
  // It has a size only once it is open: until it is placed, nobody sees it where it is not, or taps it there.
  $(popup).addEventListener("beforetoggle", (e) => { if (e.newState === "open") $(popup).style.visibility = "hidden"; });
  $(popup).addEventListener("toggle", (e) => {
    if (e.newState !== "open") return;
    placeAt($(popup), $(anchor));
    $(popup).style.visibility = "";
    $(popup).firstElementChild?.focus();
  });
}

function openPalette(anchor, m) {
  const emoji = ["❤️", "😆", "😮", "😢", "😠", "👍"];
  $("palette").replaceChildren(...emoji.map((e) => h("button", { type: "button", "aria-label": `React with ${e}`, "aria-pressed": String(m.person_reaction === e),
    onclick: () => {
      $("palette").hidePopover();
      act(m.person_reaction === e ? { type: "unreact", mid: m.id } : { type: "react", mid: m.id, emoji: e });
    } }, e)));
  $("palette").showPopover();
  placeAt($("palette"), anchor);
  $("palette").firstElementChild.focus();
}

async function sendText() {
  const text = $("text").value;
  if (!text.trim() || !me) return;
  $("text").value = "";
  const sent = await act({ type: "say", text });
  if (!sent && !$("text").value) $("text").value = text; // nothing is lost
}

$("composer").addEventListener("submit", (e) => { e.preventDefault(); sendText(); $("text").focus(); });
$("text").addEventListener("keydown", (e) => {
  if (e.key === "Enter" && !e.shiftKey && !e.isComposing) { e.preventDefault(); sendText(); }
});
$("thumb").addEventListener("click", () => act({ type: "sticker" }));
$("get-started").addEventListener("click", () => { $("text").focus(); act({ type: "get_started" }); });
$("pick-file").addEventListener("click", () => { $("attach").hidePopover(); $("file").click(); });
$("file").addEventListener("change", async () => {
  const file = $("file").files[0], who = me;
  if (!file) return;
  $("file").value = "";
  const type = file.type || "application/octet-stream";
  const stored = await call(`simulator/files?name=${encodeURIComponent(file.name)}`, file, { "Content-Type": type });
  const major = type.split("/")[0];
  if (stored) act({ type: "attachment", kind: ["image", "audio", "video"].includes(major) ? major : "file", url: new URL(stored.path, document.baseURI).href }, who);
});

for (const [opener, id, read] of [
  ["pick-sticker", "sticker-dialog", (f) => ({ type: "sticker", sticker_id: f.get("sticker_id") })],
  ["pick-location", "location-dialog", (f) => ({ type: "location", latitude: Number(f.get("latitude")), longitude: Number(f.get("longitude")), title: f.get("title") })],
]) {
  const dialog = $(id), form = dialog.querySelector("form");
  $(opener).addEventListener("click", () => { $("attach").hidePopover(); dialog.showModal(); });
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  form.addEventListener("submit", (e) => { e.preventDefault(); dialog.close(); act(read(new FormData(form))); });
}

$("add-person-form").addEventListener("submit", async (e) => {
  e.preventDefault();
  const form = e.currentTarget;
  const p = await call("simulator/people", JSON.stringify({ ...Object.fromEntries(new FormData(form)), page_id: pageOf().id }));
  if (!p) return;
  form.reset();
  $("add-person").open = false;
  if (!state.people.some((q) => q.id === p.id)) state.people.push(p);
  select(p.id, true);
  $("text").focus();
});

document.addEventListener("visibilitychange", markRead);
for (const [id, shape] of [["menu-button", "menu"], ["attach-button", "attach"], ["send", "send"], ["thumb", "thumb"]]) $(id).append(icon(shape));
load();
