import { isDone, setDone, tell } from "../actions.js";
import { ask } from "../dialogs.js";
import { button, h, link } from "../dom.js";
import { nameOf, person } from "../store.js";

const contact = [["name", "Name"], ["email", "Email"], ["phone", "Phone number"]];
const address = [["street1", "Street"], ["street2", "Flat, floor"], ["city", "City"], ["state", "State"], ["zip", "Postal code"]];
const optional = new Set(["street2", "state", "email", "phone"]);

// information asks where an order goes to.
export function information(t, m) {
  const raw = t.raw, sent = isDone(m, "address"), days = raw.expires_in_days ?? 1;
  return h("div", { class: "card wide", "data-testid": "information" },
    h("div", { class: "body" }, h("b", {}, raw.purpose === "SHIPPING" || !raw.purpose ? "Where shall it be sent to?" : `Your address (${raw.purpose})`),
      h("p", {}, `In ${(raw.countries ?? []).join(", ")}`),
      h("p", { class: "quiet" }, `Can be answered for ${days} day${days > 1 ? "s" : ""} · `, link("Privacy policy", raw.business_privacy?.url)),
      sent ? h("p", {}, "Address sent") : null),
    sent ? null : h("div", { class: "buttons" }, button("Fill in", () => fill(raw, m), { "data-testid": "button" })));
}

async function fill(raw, m) {
  let country = raw.countries?.[0] ?? "US";
  if ((raw.countries?.length ?? 0) > 1) {
    const chosen = await ask("Which country?", { submit: "Next", fields: [{ name: "country", label: "Country", type: "select", value: country, options: raw.countries }] });
    if (!chosen) return;
    country = chosen.country;
  }
  const p = person(m.person_id), known = { name: nameOf(p), email: p?.email, phone: p?.phone };
  const values = await ask(`Your address (${country})`, { fields: fieldsOf(raw, country, known) });
  if (!values) return;
  const responses = (names) => names.filter(([key]) => values[key]).map(([key]) => ({ key, value: values[key] }));
  const screens = [{ screen_id: "contact", responses: responses(contact) }, { screen_id: "shipping", responses: [...responses(address), { key: "country", value: country }] }];
  if (await tell({ messaging_customer_information: { screens } }, m.person_id)) setDone(m, "address");
}

function fieldsOf(raw, country, known) {
  const of = (list) => (Array.isArray(list) ? Object.assign({}, ...list.map((o) => (o.key ? { [o.key]: o } : o))) : list ?? {});
  const places = of((raw.address_overrides ?? []).find((o) => o.country === country)?.overrides), people = of(raw.contact_overrides);
  return [...contact.map(([key, label]) => [key, label, people[key]]), ...address.map(([key, label]) => [key, label, places[key]])].map(([key, label, over]) => ({
    name: key, label: over?.label || label, required: over?.required ?? !optional.has(key), value: known[key],
  }));
}
