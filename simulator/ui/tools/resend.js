// A callback or a call of the log, once more.

import { attempt, toast } from "../actions.js";
import * as api from "../api.js";
import { ask } from "../dialogs.js";
import { focusWatch, pretty } from "../dom.js";
import { openEntry } from "./tools.js";

// sendAgain does what an entry tells of once more, as it was.
export async function sendAgain(e) {
  if (!e || e.kind === "warning") return;
  const mayFocus = focusWatch();
  const entries = await attempt(() => api.post(`log/${e.seq}/again`));
  showLast(entries, mayFocus());
}

// editAndSend lets the body be changed first.
export async function editAndSend(e, body) {
  if (!e || e.kind === "warning") return;
  const text = body ?? (await attempt(() => api.get(`log/${e.seq}`)))?.body;
  if (text === undefined) {
    toast("The log does not have its body any more");
    return;
  }
  const callback = e.kind === "callback";
  const values = await ask(`Edit and send entry ${e.seq}`, { fields: [
    { name: "body", label: callback ? "Callback" : "Body of the call", type: "textarea", rows: 12, class: "code", value: pretty(text), spellcheck: "false" },
    ...(callback ? [{ name: "signature", label: "Signature", type: "select", value: "good", options: ["good", "bad", "none"] }] : []),
    { name: "times", label: "How often", type: "number", min: 1, max: 100, value: 1, required: true },
  ] });
  if (!values) return;
  const order = { body: compact(values.body), times: values.times };
  if (callback) order.signature = values.signature;
  const mayFocus = focusWatch();
  const entries = await attempt(() => api.post(`log/${e.seq}/again`, order));
  showLast(entries, mayFocus());
}

// compact is JSON without white space, as the platform sends it. What is no JSON stays: a bot must cope with that too.
function compact(text) {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

function showLast(entries, focus) {
  if (entries?.length) openEntry(entries.at(-1).seq, focus);
}
