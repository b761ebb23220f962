// What a message looks like.

import { h, icon, link, pretty, rich, safeURL } from "./dom.js";

const thumbs = { "369239263222822": 48, "369239343222814": 72, "369239383222810": 104 };

// content returns the nodes of a message; act lets the person do something.
export function content(m, act) {
  const nodes = [];
  if (m.text) nodes.push(h("div", { class: "bubble", dir: "auto", "data-testid": "text" }, ...rich(m.text)));
  for (const a of m.attachments ?? []) nodes.push(attachment(a, m, act));
  return nodes;
}

function attachment(a, m, act) {
  switch (a.type) {
    case "image":
      return picture(a.url, "Image", "media");
    case "audio":
      return h("audio", { class: "media", controls: true, preload: "none", src: safeURL(a.url), "aria-label": "Audio" });
    case "video":
      return h("video", { class: "media", controls: true, preload: "none", src: safeURL(a.url), "aria-label": "Video" });
    case "sticker":
      return sticker(a.sticker_id);
    case "like_heart":
      return h("div", { class: "bubble" }, "❤️");
    case "MEDIA_SHARE":
      return h("div", { class: "bubble" }, `Post ${a.media_id}`);
    case "location":
      return place(a);
    case "template":
      return template(a.template, m, act);
    default: // file, fallback, reel, post …
      return h("div", { class: "bubble" }, link(a.title || labelled(a.type, a.url && fileName(a.url)), a.url));
  }
}

function fileName(url) {
  try {
    return decodeURIComponent(new URL(url, document.baseURI).pathname.split("/").pop()) || url;
  } catch {
    return url;
  }
}

// labelled is a label and a name with a colon between them, or one of them alone.
const labelled = (label, name) => [label, name].filter(Boolean).join(": ");

// picture is an image, or a link to it if it cannot be shown.
function picture(url, alt, cls) {
  const img = h("img", { class: cls, src: safeURL(url), alt, loading: "lazy", referrerpolicy: "no-referrer" });
  img.addEventListener("error", () => img.replaceWith(h("div", { class: cls === "media" ? "bubble" : "body", "data-testid": "no-picture" },
    link(labelled(alt, fileName(url)), url))), { once: true });
  return img;
}

function sticker(id) {
  const size = thumbs[id];
  const el = h("span", { class: "sticker", role: "img", "aria-label": size ? "Thumbs up" : `Sticker ${id}`, "data-testid": "sticker" });
  el.append(icon(size ? "thumb" : "star", size ?? 72));
  return el;
}

function place(a) {
  const at = `${a.latitude ?? 0}, ${a.longitude ?? 0}`;
  return h("div", { class: "place", "data-testid": "location" }, h("b", { dir: "auto" }, a.title || "Location"), h("br"),
    link(at, `https://www.openstreetmap.org/?mlat=${a.latitude ?? 0}&mlon=${a.longitude ?? 0}`));
}

function template(t, m, act) {
  switch (t.template_type) {
    case "button":
      return h("div", { class: "card wide" }, h("div", { class: "body", dir: "auto" }, ...rich(t.text)), buttons(t.buttons, m, act));
    case "generic": {
      const cards = t.elements.map((e) => card(e, m, act));
      return cards.length === 1 ? cards[0]
        : h("div", { class: "carousel", role: "group", "aria-label": `${cards.length} cards`, tabindex: "0", "data-testid": "carousel" }, ...cards);
    }
    case "media": {
      const e = t.elements[0];
      const direct = e.attachment_id;
      const media = !direct ? h("div", { class: "body" }, link(e.url, e.url))
        : e.media_type === "video" ? h("video", { class: "picture", controls: true, preload: "none", src: safeURL(e.url), "aria-label": "Video" })
          : picture(e.url, "Image", "picture");
      return h("div", { class: "card wide" }, media, buttons(e.buttons, m, act));
    }
    case "image_grid":
      return imageGrid(t, m, act);
    case "receipt":
      return receipt(t.raw);
    default:
      return h("div", { class: "card wide" }, h("div", { class: "body" }, h("b", {}, t.template_type), h("pre", {}, pretty(t.raw))));
  }
}

function card(e, m, act) {
  const title = h("b", { dir: "auto" }, e.default_action ? link(e.title, e.default_action.url) : e.title);
  return h("div", { class: "card wide", "data-testid": "card" },
    e.image_url ? picture(e.image_url, "", "picture") : null,
    h("div", { class: "body" }, title, e.subtitle ? h("p", { dir: "auto" }, e.subtitle) : null),
    buttons(e.buttons, m, act));
}

function imageGrid(t, m, act) {
  const raw = t.raw.elements[0];
  return h("div", { class: "card wide" },
    h("div", { class: "grid" }, ...raw.images.map((i) => picture(i.url, "Image", ""))),
    h("div", { class: "body", dir: "auto" }, h("b", {}, raw.title ?? ""), raw.subtitle ? h("p", {}, raw.subtitle) : null),
    buttons(t.elements[0].buttons, m, act));
}

function receipt(raw) {
  const money = (n) => {
    try {
      return new Intl.NumberFormat(undefined, { style: "currency", currency: raw.currency }).format(n);
    } catch {
      return `${n} ${raw.currency}`;
    }
  };
  const row = (name, amount, cls) => (amount === undefined ? null
    : h("tr", { class: cls }, h("td", { dir: "auto" }, name), h("td", {}, money(amount))));
  const sum = raw.summary;
  return h("div", { class: "card wide", "data-testid": "receipt" }, h("div", { class: "body" },
    h("b", {}, `Order ${raw.order_number}`), h("p", {}, `${raw.recipient_name} · ${raw.payment_method}`),
    h("table", {}, ...[
      ...(raw.elements ?? []).map((e) => row(e.quantity > 1 ? `${e.title} × ${e.quantity}` : e.title, e.price)),
      row("Subtotal", sum.subtotal), row("Shipping", sum.shipping_cost), row("Tax", sum.total_tax),
      ...(raw.adjustments ?? []).map((a) => row(a.name, -a.amount)),
      row("Total", sum.total_cost, "total")].filter(Boolean))));
}

function buttons(list, m, act) {
  if (!list?.length) return null;
  return h("div", { class: "buttons" }, ...list.map((b) => button(b, (what) => act({ ...what, mid: m.id }), "button")));
}

// button is a button of a message or an item of the menu.
export function button(b, act, type) {
  const hook = { "data-testid": type, dir: "auto" };
  switch (b.type) {
    case "web_url":
      return link(b.title, b.url, hook);
    case "phone_number":
      return link(b.title, `tel:${b.payload}`, hook);
    case "account_link":
      return link("Log In", b.url, hook);
    case "account_unlink":
      return h("button", { type: "button", ...hook, onclick: () => act({ type: "account_linking" }) }, "Log Out");
    case "postback":
      return h("button", { type: "button", ...hook, onclick: () => act({ type, title: b.title, payload: b.payload }) }, b.title);
    default:
      return h("button", { type: "button", ...hook, disabled: true }, b.title || b.type);
  }
}
