// Cards, and texts with buttons.

import { h, icon, link, rich } from "../dom.js";
import { picture } from "../content.js";
import { buttons, sharing } from "./buttons.js";

export function buttonTemplate(t, m) {
  return h("div", { class: "card wide" }, h("div", { class: "body", dir: "auto", "data-testid": "text" }, ...rich(t.text)), buttons(t.buttons, m, t.raw?.buttons), sharing(t.raw));
}

export function generic(t, m) {
  const square = t.raw?.image_aspect_ratio === "square";
  const cards = t.elements.map((e, i) => card(e, m, { raw: t.raw?.elements?.[i], square, share: t.raw }));
  return carousel(cards);
}

// card is an image, a title, a subtitle and buttons.
export function card(e, m, { raw, square, share } = {}) {
  const title = h("b", { dir: "auto" }, e.default_action ? link(e.title, e.default_action.url) : e.title);
  return h("div", { class: "card wide", "data-testid": "card" },
    e.image_url ? picture(e.image_url, "", square ? "picture square" : "picture") : null,
    h("div", { class: "body" }, title, e.subtitle ? h("p", { dir: "auto" }, e.subtitle) : null),
    buttons(e.buttons, m, raw?.buttons), sharing(share));
}

// carousel lets several cards be seen one after the other, by arrows or by swiping.
export function carousel(cards) {
  if (cards.length === 1) return cards[0];
  const slides = cards.map((el, i) => h("div", { class: "slide", role: "group", "aria-roledescription": "slide", "aria-label": `${i + 1} of ${cards.length}` }, el));
  const strip = h("div", { class: "strip", tabindex: "0", role: "group", "aria-label": "Cards" }, ...slides);
  const go = (by) => strip.scrollBy({ left: by * (slides[0].offsetWidth + 8), behavior: "smooth" });
  const before = arrow("back", "Previous card", () => go(-1)), after = arrow("next", "Next card", () => go(1));
  const update = () => {
    setDisabled(before, strip.scrollLeft <= 2);
    setDisabled(after, strip.scrollLeft + strip.clientWidth >= strip.scrollWidth - 2);
  };
  strip.addEventListener("scroll", update, { passive: true });
  new ResizeObserver(update).observe(strip);
  return h("div", { class: "carousel", role: "group", "aria-roledescription": "carousel", "aria-label": `${cards.length} cards`, "data-testid": "carousel" },
    strip, h("div", { class: "arrows" }, before, after));
}

function arrow(shape, label, onclick) {
  const el = h("button", { type: "button", class: "icon arrow", "aria-label": label, onclick: () => { if (el.getAttribute("aria-disabled") !== "true") onclick(); } });
  el.append(icon(shape, 20));
  return el;
}

// A disabled arrow keeps the focus of who has come to the end by keyboard.
const setDisabled = (el, off) => el.setAttribute("aria-disabled", String(off));
