import { h, link, rich } from "../dom.js";
import { picture } from "../content.js";
import { buttons } from "./buttons.js";

// utility is a message that was approved beforehand: as people see it if the page has made its template, else what fills it in.
export function utility(t, m) {
  const raw = t.raw, header = t.elements?.[0];
  return h("div", { class: "card wide", "data-testid": "utility" },
    header?.image_url ? picture(header.image_url, "", "picture") : null,
    h("div", { class: "body" }, h("p", { class: "badge" }, `UTILITY · ${raw.name} · ${raw.language?.code ?? ""}`),
      header?.title ? h("b", { dir: "auto" }, header.title) : null,
      t.text ? h("p", { class: "plain-text", dir: "auto" }, ...rich(t.text)) : parameters(raw)),
    buttons(t.buttons, m));
}

function parameters(raw) {
  const parts = raw.components ?? [];
  return [h("p", { class: "quiet" }, "The page has no template of that name here. It is filled in with:"), h("ul", {}, ...parts.flatMap((c) => (c.parameters ?? []).map((p) => h("li", { dir: "auto" },
    h("span", { class: "quiet" }, `${[c.type, p.parameter_name].filter(Boolean).join(" ")}: `), p.url ? link(p.url, p.url) : p.text ?? p.payload ?? ""))))];
}
