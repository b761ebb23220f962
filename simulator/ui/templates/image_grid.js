import { tapAnything } from "../actions.js";
import { fileName, h, link, safeURL } from "../dom.js";
import { picture } from "../content.js";
import { buttons } from "./buttons.js";

// imageGrid is two to six images, each of which may do something.
export function imageGrid(t, m) {
  const raw = t.raw.elements[0], images = raw.images ?? [];
  return h("div", { class: "card wide", "data-testid": "image-grid" },
    h("div", { class: "grid" }, ...images.map((image, i) => tile(image, `Image ${i + 1} of ${images.length}`, m))),
    raw.title || raw.subtitle ? h("div", { class: "body", dir: "auto" }, h("b", {}, raw.title ?? ""), raw.subtitle ? h("p", {}, raw.subtitle) : null) : null,
    buttons(t.elements?.[0]?.buttons, m, raw.buttons));
}

function tile(image, name, m) {
  const cls = image.is_hero_image ? "tile hero" : "tile", does = image.action;
  if (!does) return h("div", { class: cls }, picture(image.url, name, "tile-image"));
  const img = h("img", { class: "tile-image", src: safeURL(image.url), alt: "", loading: "lazy", referrerpolicy: "no-referrer" });
  const label = does.text || `${name}: ${fileName(image.url)}`;
  img.addEventListener("error", () => img.replaceWith(h("span", { class: "bubble" }, fileName(image.url))), { once: true });
  if (does.type === "web_url") return link(img, does.url, { class: cls, "aria-label": label });
  return h("button", { type: "button", class: cls, "aria-label": label, onclick: () => tapAnything(m, does.text, does.payload) }, img);
}
