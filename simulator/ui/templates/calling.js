import { isDone, setDone, tell } from "../actions.js";
import { button, h } from "../dom.js";
import { disabled } from "./buttons.js";

// calling asks whether the page may call, or offers a call.
export function calling(t, m) {
  const raw = t.raw, answer = isDone(m, "calls"), optin = t.template_type === "calling_optin";
  const reply = async (response) => {
    const expiration = Math.round(Date.now() / 1000) + 7 * 24 * 3600;
    if (await tell({ call_permission_reply: { response, expiration_timestamp: expiration } }, m.person_id)) setDone(m, "calls", response);
  };
  return h("div", { class: "card wide", "data-testid": "calling" },
    h("div", { class: "body", dir: "auto" }, h("b", {}, raw.title || raw.text || (optin ? "May this page call you?" : "Call this page")), answer ? h("p", {}, answer === "approve" ? "Approved" : "Rejected") : null),
    h("div", { class: "buttons" }, ...(optin
      ? [button("Approve", () => reply("approve"), { "data-testid": "button" }), button("Reject", () => reply("reject"), { "data-testid": "button" })]
      : [disabled("Call", "Calls are not simulated")])));
}
