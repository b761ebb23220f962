// What a person writes with, and what is offered beside it.

import { act, attempt, toast } from "./actions.js";
import * as api from "./api.js";
import { entryOf } from "./bubble.js";
import { sticker, stickers } from "./content.js";
import { ask, show } from "./dialogs.js";
import { $, button, h, icon } from "./dom.js";
import { moreActs } from "./acts.js";
import { popup } from "./popups.js";
import { replay } from "./replay.js";
import { conversation, localized, pageOf, person, state } from "./store.js";
import { menuItem } from "./templates/buttons.js";
import { startVoice } from "./voice.js";
import { summary } from "./people.js";

const emoji = [..."😀😁😂🤣😊😍😘😎🤔😴😢😭😡👍👎👏🙏💪👋🎉❤🔥⭐✅❌☕🍕🌧☀🎁"];
const reactions = ["❤️", "😆", "😮", "😢", "😠", "👍"];
let about; // { kind: "reply" or "edit", message }
let openEntry = () => {};

export function startComposer(open) {
  openEntry = open;
  for (const [id, shape] of [["menu-button", "menu"], ["attach-button", "attach"], ["emoji-button", "smile"], ["voice", "mic"], ["send", "send"], ["thumb", "thumb"], ["more-button", "more"]]) $(id).append(icon(shape));
  $("composer").addEventListener("submit", (e) => { e.preventDefault(); say(); });
  $("text").addEventListener("input", showButtons);
  $("text").addEventListener("keydown", onKey);
  $("thumb").addEventListener("click", () => act({ type: "sticker" }));
  $("file").addEventListener("change", sendFiles);
  popup("menu", () => (menuOf()?.call_to_actions ?? []).map(menuItem));
  popup("attach", attachments);
  popup("emoji", () => emoji.map((e) => button(e, () => insert(e), { "aria-label": `Insert ${e}`, "data-stay": "" })));
  popup("more", () => moreActs());
  popup("message-menu", (opener) => messageMenu(conversation().messages.find((m) => m.id === opener.dataset.midMenu)));
  startVoice((blob) => sendBlob(blob, blob.type.includes("mp4") ? "voice.mp4" : "voice.webm", state.me));
  document.addEventListener("paste", (e) => { if (e.clipboardData?.files.length && e.target === $("text")) { e.preventDefault(); sendAll(e.clipboardData.files); } });
}

const menuOf = () => localized("persistent_menu", conversation().menu ?? undefined);

// showComposer brings what is offered up to date.
export function showComposer() {
  const p = person(), menu = menuOf(), off = Boolean(menu?.composer_input_disabled);
  $("composer").hidden = !p;
  $("menu-button").hidden = !menu?.call_to_actions?.length;
  for (const id of ["text", "emoji-button", "attach-button"]) $(id).hidden = off;
  $("text-off").hidden = !off;
  $("text").placeholder = "Message";
  $("more-button").hidden = !p;
  showChips();
  showAbout();
  showButtons(off);
}

function showButtons(off = $("text").hidden) {
  const hasText = $("text").value.trim() !== "";
  $("send").hidden = off === true || !hasText;
  $("thumb").hidden = off === true || hasText;
  $("voice").hidden = off === true || hasText;
}

function showChips() {
  const newest = conversation().messages.at(-1), p = person();
  const chips = newest?.from === "page" && p ? newest.quick_replies ?? [] : [];
  const now = chips.length ? newest.id : "";
  if ($("chips").dataset.of === now) return;
  $("chips").dataset.of = now;
  $("chips").hidden = chips.length === 0;
  $("chips").replaceChildren(...chips.map((q) => chip(q, p)).filter(Boolean));
  $("chips").scrollLeft = 0;
}

function chip(q, p) {
  const title = { user_email: p.email, user_phone_number: p.phone }[q.content_type] ?? q.title;
  if (!title) return null;
  const what = q.content_type === "text" ? { title: q.title } : { payload: q.content_type };
  const img = q.image_url ? h("img", { src: q.image_url, alt: "", referrerpolicy: "no-referrer" }) : null;
  img?.addEventListener("error", () => img.remove(), { once: true });
  return h("button", { type: "button", class: "chip", dir: "auto", "data-testid": "quick-reply",
    onclick: () => { $("text").focus(); act({ type: "quick_reply", ...what }); } }, img, title);
}

// --- text

function onKey(e) {
  if (e.key === "Enter" && !e.shiftKey && !e.isComposing) {
    e.preventDefault();
    say();
  }
  if (e.key === "Escape" && about) {
    e.stopPropagation();
    setAbout();
  }
  if (e.key === "/" && $("text").value === "") suggest();
}

// suggest says which commands the page has.
function suggest() {
  const commands = (localized("commands")?.commands ?? []).map((c) => `/${c.name}`);
  if (commands.length) toast(`Commands: ${commands.join(" ")}`, false);
}

async function say() {
  const text = $("text").value.trim(), who = state.me, now = about;
  if (!text || !who) return;
  $("text").value = "";
  setAbout();
  const what = !now ? { type: "say", text } : { type: now.kind, mid: now.message.id, text };
  if (await act(what, who) === undefined && $("text").value === "") $("text").value = text; // it is not lost
  showButtons();
}

function insert(text) {
  $("text").setRangeText(text, $("text").selectionStart, $("text").selectionEnd, "end");
  showButtons();
}

// setAbout says which message the next text answers or changes.
export function setAbout(kind, message) {
  about = kind ? { kind, message } : undefined;
  if (kind === "edit") $("text").value = message.text;
  showAbout();
  showButtons();
  if (kind) $("text").focus();
}

function showAbout() {
  if (about && about.message.person_id !== state.me) about = undefined;
  $("about-text").hidden = !about;
  if (!about) {
    $("about-text").replaceChildren();
    return;
  }
  $("about-text").replaceChildren(h("span", { class: "line1", dir: "auto" }, `${about.kind === "edit" ? "Changing" : "Answering"}: ${summary(about.message)}`),
    button("Cancel", () => setAbout(), { class: "plain" }));
}

// --- other things to send

function attachments() {
  const instagram = pageOf().platform === "instagram";
  return [
    button("Photo or file", () => $("file").click(), { "data-testid": "attach-file" }),
    button("Sticker", pickSticker, { "data-testid": "attach-sticker" }),
    ...(instagram ? [] : [button("Location", pickLocation, { "data-testid": "attach-location" })]),
    button("Something at an address", pickURL, { "data-testid": "attach-url" }),
  ];
}

function pickSticker() {
  const who = state.me;
  const dialog = show("Send a sticker", h("div", { class: "stickers" }, ...Object.entries(stickers).map(([id, [name]]) => h("button", {
    type: "button", "aria-label": name, "data-testid": "sticker-choice", onclick: () => { dialog.close(); act({ type: "sticker", sticker_id: id }, who); },
  }, sticker(id)))));
}

async function pickLocation() {
  const who = state.me;
  const values = await ask("Send a location", { fields: [
    { name: "latitude", label: "Latitude", type: "number", step: "any", min: -90, max: 90, required: true, value: 25.033964 },
    { name: "longitude", label: "Longitude", type: "number", step: "any", min: -180, max: 180, required: true, value: 121.564468 },
    { name: "title", label: "Title", value: "Taipei 101" },
  ] });
  if (values) act({ type: "location", ...values }, who);
}

async function pickURL() {
  const who = state.me, instagram = pageOf().platform === "instagram";
  const values = await ask("Send something at an address", { fields: [
    { name: "kind", label: "Kind", type: "select", value: "image", options: instagram
      ? ["image", "audio", "video", "file", "share", "reel", "ig_reel", "ig_post", "story_mention"] : ["image", "audio", "video", "file", "reel", "ig_reel", "post", "ig_post", "fallback"] },
    { name: "url", label: "Address", type: "url", required: true },
  ] });
  if (values) act({ type: "attachment", ...values }, who);
}

function sendFiles() {
  sendAll([...$("file").files]);
  $("file").value = "";
}

const mostImages = 30; // in one message

// sendAll sends what was chosen together: images as one message, as the platform does, all else one by one.
async function sendAll(files) {
  const who = state.me, list = [...files], images = list.filter((file) => kindOf(file) === "image");
  const urls = [];
  for (const file of images) urls.push(await attempt(() => api.upload(file, file.name)));
  const stored = urls.filter(Boolean);
  while (stored.length) await act({ type: "attachment", kind: "image", urls: stored.splice(0, mostImages) }, who);
  for (const file of list) if (!images.includes(file)) await sendBlob(file, file.name, who);
}

async function sendBlob(blob, name, who) {
  const url = await attempt(() => api.upload(blob, name));
  if (url) await act({ type: "attachment", kind: kindOf(blob), url }, who);
}

const kindOf = (blob) => /^(image|audio|video)\//.exec(blob.type)?.[1] ?? "file";

// --- the menu of a message

function messageMenu(m) {
  if (!m) return [];
  const mine = m.from === "person", instagram = pageOf().platform === "instagram";
  return [
    h("div", { class: "row", role: "group", "aria-label": "React" }, ...reactions.map((e) => button(e, () => act(m.person_reaction === e ? { type: "unreact", mid: m.id } : { type: "react", mid: m.id, emoji: e }),
      { "aria-label": m.person_reaction === e ? `Take back ${e}` : `React with ${e}`, "aria-pressed": String(m.person_reaction === e) }))),
    button("Reply", () => setAbout("reply", m), { "data-testid": "reply" }),
    mine && m.kind === "message" && m.text ? button("Edit", () => setAbout("edit", m), { "data-testid": "edit" }) : null,
    mine && instagram && !m.unsent ? button("Unsend", () => act({ type: "unsend", mid: m.id })) : null,
    button("Show in the log", () => { const e = entryOf(m); if (e) openEntry(e.seq); else toast("The log does not have it any more"); }, { "data-testid": "raw" }),
    mine ? button("Replay up to here as a new person", () => replay(m, "until")) : null,
    mine ? button("Replay from here as a new person", () => replay(m, "from")) : null,
  ].filter(Boolean);
}

