import { h } from "../dom.js";
import { carousel } from "./generic.js";

// product is cards of a catalogue. Only the platform has that, so the ids are shown.
export function product(t) {
  return carousel((t.raw.elements ?? []).map((e) => h("div", { class: "card wide", "data-testid": "card" },
    h("div", { class: "placeholder", "aria-hidden": "true" }, "🛍️"),
    h("div", { class: "body" }, h("b", {}, `Product ${e.id}`), h("p", {}, "Its name and price are in the catalogue, which is not simulated.")))));
}
