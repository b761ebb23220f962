import { isDone, setDone, tell } from "../actions.js";
import { button, h, link } from "../dom.js";
import { picture } from "../content.js";

// coupon is a discount: the bot is told when its code is revealed.
export function coupon(t, m) {
  const raw = t.raw, revealed = isDone(m, "code");
  const reveal = async () => {
    if (await tell({ template: { type: "coupon", payload: raw.payload, coupon_code: raw.coupon_code } }, m.person_id)) setDone(m, "code");
  };
  return h("div", { class: "coupon" },
    raw.coupon_pre_message ? h("div", { class: "bubble", dir: "auto" }, raw.coupon_pre_message) : null,
    h("div", { class: "card wide", "data-testid": "coupon" },
      raw.image_url ? picture(raw.image_url, "", "picture") : null,
      h("div", { class: "body" }, h("b", { dir: "auto" }, raw.title), raw.subtitle ? h("p", { dir: "auto" }, raw.subtitle) : null,
        raw.coupon_code && revealed ? h("p", { class: "code", "data-testid": "coupon-code" }, raw.coupon_code) : null),
      h("div", { class: "buttons" },
        raw.coupon_code && !revealed ? button("Reveal code", reveal, { "data-testid": "button" }) : null,
        raw.coupon_url ? link(raw.coupon_url_button_title || "Use the coupon", raw.coupon_url, { "data-testid": "button", class: "opens", dir: "auto" }) : null)));
}
