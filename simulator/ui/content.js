// What a message has in it: text, media and templates.

import { button, fileName, h, icon, labelled, link, pretty, rich, safeURL } from "./dom.js";
import { show } from "./dialogs.js";
import { isDone, setDone } from "./actions.js";
import { buttonTemplate, generic } from "./templates/generic.js";
import { calling } from "./templates/calling.js";
import { coupon } from "./templates/coupon.js";
import { feedback } from "./templates/feedback.js";
import { imageGrid } from "./templates/image_grid.js";
import { information } from "./templates/information.js";
import { instantForm } from "./templates/instant_form.js";
import { media } from "./templates/media.js";
import { notification, oneTime } from "./templates/notification.js";
import { product } from "./templates/product.js";
import { receipt } from "./templates/receipt.js";
import { utility } from "./templates/utility.js";

const templates = {
  generic, button: buttonTemplate, media, receipt, product, coupon, customer_feedback: feedback, customer_information: information,
  image_grid: imageGrid, instant_form: instantForm, notification_messages: notification, one_time_notif_req: oneTime,
  calling_optin: calling, call_prompt: calling, utility,
};

const thumbs = { "369239263222822": 48, "369239343222814": 72, "369239383222810": 104 };

// Stickers of the simulator's own packs, by their ids, and what is drawn for them.
export const stickers = {
  "369239263222822": ["Thumbs up", ""], "369239343222814": ["Large thumbs up", ""], "369239383222810": ["Very large thumbs up", ""],
  "500000000000101": ["Smiling face", "😀"], "500000000000102": ["Sad face", "😢"], "500000000000103": ["Heart", "❤️"],
  "500000000000201": ["Parcel", "📦"], "500000000000202": ["Calendar", "📅"], "500000000000203": ["Thank you", "🙏"],
};

// A text that is longer is cut, with a button for the rest.
const textCut = 4000;

// content returns the nodes of a message.
export function content(m) {
  const nodes = [];
  if (m.text) nodes.push(text(m));
  const list = m.attachments ?? [];
  if (list.length > 1 && list.every((a) => a.type === "image")) nodes.push(collage(list));
  else nodes.push(...list.map((a) => attachment(a, m)));
  return nodes;
}

const onlyEmoji = /^(?:\p{RGI_Emoji}\s*){1,3}$/v;

function text(m) {
  const cut = m.text.length > textCut && !isDone(m, "whole");
  return h("div", { class: onlyEmoji.test(m.text) ? "emoji" : "bubble", dir: "auto", "data-testid": "text" },
    ...rich(cut ? `${m.text.slice(0, textCut)}…` : m.text),
    cut ? button(`Show all ${m.text.length} characters`, () => setDone(m, "whole"), { class: "plain" }) : null);
}

// sticker is the drawing of a sticker.
export function sticker(id) {
  const [name, emoji] = stickers[id] ?? [`Sticker ${id}`, ""];
  const el = h("span", { class: "sticker", role: "img", "aria-label": thumbs[id] ? "Thumbs up" : name, "data-testid": "sticker" });
  el.append(emoji ? h("span", { class: "emoji", "aria-hidden": "true" }, emoji) : icon(thumbs[id] ? "thumb" : "star", thumbs[id] ?? 72));
  return el;
}

function attachment(a, m) {
  switch (a.type) {
    case "image":
      return picture(a.url, "Image", "media");
    case "audio":
    case "video":
      return player(a);
    case "sticker":
      return sticker(a.sticker_id);
    case "like_heart":
      return h("div", { class: "emoji", role: "img", "aria-label": "Heart" }, "❤️");
    case "MEDIA_SHARE":
      return h("div", { class: "bubble" }, `Post ${a.media_id}`);
    case "location":
      return place(a);
    case "template":
      return template(a.template, m);
    default: // file, fallback, reel, post …
      return h("div", { class: "bubble" }, link(a.title || labelled(a.type, a.url && fileName(a.url)), a.url));
  }
}

function template(t, m) {
  const draw = templates[t.template_type];
  try {
    if (draw) return draw(t, m);
  } catch { /* it has parts that the platform's have not; what was sent is shown below */ }
  return h("div", { class: "card wide", "data-testid": "unknown-template" }, h("div", { class: "body" },
    h("b", {}, t.template_type), h("p", {}, "The chat page cannot draw this template. This is what the bot sent:"), h("pre", { tabindex: "0" }, pretty(t.raw))));
}

// picture is an image that opens large, or a link to it if it cannot be shown.
export function picture(url, alt, cls) {
  const src = safeURL(url), name = labelled(alt, url ? fileName(url) : "");
  if (!src) return h("div", { class: cls === "media" ? "bubble" : "body", "data-testid": "no-picture" }, name || "No image");
  const img = h("img", { class: cls, src, alt: name, loading: "lazy", referrerpolicy: "no-referrer" });
  const open = h("button", { type: "button", class: "picture-button", "aria-label": `Open ${name}`, onclick: () => show(name,
    h("img", { class: "large", src, alt: name, referrerpolicy: "no-referrer" }), h("p", {}, link("Open the address", url))) }, img);
  img.addEventListener("error", () => open.replaceWith(h("div", { class: cls === "media" ? "bubble" : "body", "data-testid": "no-picture" }, link(name, url))), { once: true });
  return open;
}

function player(a) {
  const src = safeURL(a.url), name = a.url ? fileName(a.url) : a.type;
  const label = a.type === "audio" ? "Audio" : "Video";
  if (!src) return h("div", { class: "bubble" }, labelled(label, name));
  const el = h(a.type, { class: "media", controls: true, preload: "none", src, "aria-label": labelled(label, name) });
  const box = h("div", { class: "player" }, el, link(name, a.url, { class: "quiet" }));
  el.addEventListener("error", () => el.replaceWith(h("div", { class: "bubble", "data-testid": "no-picture" }, `${label} cannot be played`)), { once: true });
  return box;
}

// collage is up to five pictures, the last with the number of those that are not shown.
function collage(list) {
  const shown = list.slice(0, 5), rest = list.length - shown.length;
  const box = h("div", { class: `collage n${shown.length}`, role: "group", "aria-label": `${list.length} images`, "data-testid": "collage" },
    ...shown.map((a, i) => picture(a.url, `Image ${i + 1} of ${list.length}`, "tile")));
  if (!rest) return box;
  const more = button(`+${rest}`, () => show(`${list.length} images`, h("div", { class: "album" },
    ...list.map((a, i) => picture(a.url, `Image ${i + 1} of ${list.length}`, "tile")))), { class: "rest", "aria-label": `+${rest}, show all ${list.length} images` });
  box.append(more);
  return box;
}

function place(a) {
  const at = `${a.latitude ?? 0}, ${a.longitude ?? 0}`;
  return h("div", { class: "place", "data-testid": "location" }, h("b", { dir: "auto" }, a.title || "Location"), h("br"),
    link(at, `https://www.openstreetmap.org/?mlat=${a.latitude ?? 0}&mlon=${a.longitude ?? 0}`));
}
