import { h, link } from "../dom.js";
import { picture } from "../content.js";
import { sharing } from "./buttons.js";

// moneyIn writes amounts in a currency.
const moneyIn = (currency) => (n) => {
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency }).format(Number(n));
  } catch {
    return `${n} ${currency}`;
  }
};

export function receipt(t) {
  const raw = t.raw, money = moneyIn(raw.currency), sum = raw.summary ?? {};
  return h("div", { class: "card wide receipt", "data-testid": "receipt" }, h("div", { class: "body" },
    raw.merchant_name ? h("p", { class: "merchant", dir: "auto" }, raw.merchant_name) : null,
    h("b", {}, link(`Order ${raw.order_number}`, raw.order_url)),
    table("Goods", (raw.elements ?? []).map((e) => goods(e, raw.currency))),
    table("Sum", [
      row("Subtotal", sum.subtotal, money), row("Shipping", sum.shipping_cost, money), row("Tax", sum.total_tax, money),
      ...(raw.adjustments ?? []).map((a) => row(a.name, a.amount === undefined ? undefined : -a.amount, money)),
      row("Total", sum.total_cost, money, "total"),
    ]),
    h("dl", {}, pair("Paid with", raw.payment_method), pair("For", raw.recipient_name), pair("Ordered", time(raw.timestamp)), pair("Sent to", addressOf(raw.address)))),
  sharing(raw));
}

const table = (label, rows) => (rows.some(Boolean) ? h("table", { "aria-label": label }, h("tbody", {}, ...rows)) : null);

const row = (name, amount, money, cls) => (amount === undefined || amount === null ? null
  : h("tr", { class: cls }, h("th", { scope: "row", dir: "auto" }, name), h("td", {}, money(amount))));

function goods(e, currency) {
  return h("tr", {}, h("th", { scope: "row", dir: "auto" },
    h("span", { class: "goods" }, e.image_url ? picture(e.image_url, e.title, "thumbnail") : null,
      h("span", {}, e.quantity > 1 ? `${e.title} × ${e.quantity}` : e.title, e.subtitle ? h("span", { class: "quiet" }, e.subtitle) : null))),
  h("td", {}, moneyIn(e.currency ?? currency)(e.price)));
}

const pair = (name, value) => (value ? [h("dt", {}, name), h("dd", { dir: "auto" }, value)] : null);

function time(seconds) {
  const at = new Date(Number(seconds) * 1000);
  return seconds && !Number.isNaN(at.getTime()) ? at.toLocaleString() : "";
}

const addressOf = (a) => (a ? [a.street_1, a.street_2, [a.postal_code, a.city].filter(Boolean).join(" "), a.state, a.country].filter(Boolean).join(", ") : "");
