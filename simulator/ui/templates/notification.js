import { isDone, setDone, tell } from "../actions.js";
import { button, h } from "../dom.js";
import { picture } from "../content.js";
import { carousel } from "./generic.js";

const words = {
  ALLOW: "Allow messages", FREQUENCY: "Get messages", GET: "Get messages", GET_UPDATES: "Get updates", OPT_IN: "Opt in", SIGN_UP: "Sign up",
};

const random = () => Array.from(crypto.getRandomValues(new Uint8Array(9)), (b) => (b % 10).toString()).join("");

// notification asks for leave to send marketing messages.
export function notification(t, m) {
  const raw = t.raw, requests = raw.elements?.length ? raw.elements : [raw];
  return carousel(requests.map((r, i) => request({ ...r, reoptin: raw.notification_messages_reoptin }, m, `optin ${i}`)));
}

function request(r, m, part) {
  const token = isDone(m, part), zone = r.notification_messages_timezone;
  const send = async (status) => {
    const optin = {
      type: "notification_messages", payload: r.payload, title: r.title, notification_messages_token: token || random(), notification_messages_timezone: zone,
      token_expiry_timestamp: Date.now() + 270 * 24 * 3600 * 1000, user_token_status: "NOT_REFRESHED", notification_messages_status: status,
    };
    if (await tell({ optin }, m.person_id)) setDone(m, part, optin.notification_messages_token);
  };
  const small = [zone, r.reoptin === "ENABLED" ? "asks again when it ends" : ""].filter(Boolean).join(" · ");
  return h("div", { class: "card wide", "data-testid": "notification" },
    r.image_url ? picture(r.image_url, "", "picture") : null,
    h("div", { class: "body" }, h("b", { dir: "auto" }, r.title || "Updates and promotions"), small ? h("p", { class: "quiet" }, small) : null,
      token ? h("p", {}, `Allowed, token ${token}`) : null),
    h("div", { class: "buttons" }, ...(token
      ? [button("Stop", () => send("STOP NOTIFICATIONS"), { "data-testid": "button" }), button("Resume", () => send("RESUME NOTIFICATIONS"), { "data-testid": "button" })]
      : [button(words[r.notification_messages_cta_text] ?? "Get messages", () => send(), { "data-testid": "button" })])));
}

// oneTime asks for leave to send one message later. The platform has it no more.
export function oneTime(t, m) {
  const raw = t.raw, token = isDone(m, "once");
  const allow = async () => {
    const optin = { type: "one_time_notif_req", payload: raw.payload, one_time_notif_token: random() };
    if (await tell({ optin }, m.person_id)) setDone(m, "once", optin.one_time_notif_token);
  };
  return h("div", { class: "card wide", "data-testid": "one-time" },
    h("div", { class: "body" }, h("b", { dir: "auto" }, raw.title), h("p", { class: "quiet" }, "One-time notification (legacy)"), token ? h("p", {}, `Allowed, token ${token}`) : null),
    token ? null : h("div", { class: "buttons" }, button("Notify me", allow, { "data-testid": "button" })));
}
