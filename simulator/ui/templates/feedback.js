import { isDone, setDone, tell } from "../actions.js";
import { ask } from "../dialogs.js";
import { button, h, link } from "../dom.js";

const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const faces = ["😡", "🙁", "😐", "🙂", "😍"];

// scales are the points that each kind of question has, and what they look like.
const scales = {
  csat: (q) => range(1, 5).map((n) => [String(n), /star/.test(q.score_option ?? "") ? "★" : /emoji/.test(q.score_option ?? "") ? faces[n - 1] : String(n), `${n} of 5`]),
  nps: () => range(0, 10).map((n) => [String(n), String(n), `${n} of 10`]),
  ces: () => range(1, 7).map((n) => [String(n), String(n), `${n} of 7`]),
};

const ownTitles = { csat: "How satisfied are you?", nps: "How likely are you to recommend us?", ces: "How easy was it?", free_form: "What do you think?" };

// feedback asks how satisfied a person is.
export function feedback(t, m) {
  const raw = t.raw, sent = isDone(m, "feedback"), days = raw.expires_in_days ?? 1;
  const questions = (raw.feedback_screens ?? []).flatMap((s) => s.questions ?? []);
  return h("div", { class: "card wide", "data-testid": "feedback" },
    h("div", { class: "body" }, h("b", { dir: "auto" }, raw.title), raw.subtitle ? h("p", { dir: "auto" }, raw.subtitle) : null,
      h("p", { class: "quiet" }, `Can be answered for ${days} day${days > 1 ? "s" : ""} · `, link("Privacy policy", raw.business_privacy?.url)),
      sent ? h("p", {}, "Feedback sent") : null),
    sent ? null : h("div", { class: "buttons" }, button(raw.button_title || "Give feedback", () => give(raw, questions, m), { "data-testid": "button", dir: "auto" })));
}

async function give(raw, questions, m) {
  const values = await ask(raw.title, { fields: questions.flatMap(fieldsOf), intro: questions.map(labels) });
  if (!values) return;
  const answers = {};
  for (const q of questions) {
    answers[q.id] = { type: q.type, payload: values[q.id] ?? "" };
    if (q.follow_up && values[`${q.id} more`]) answers[q.id].follow_up = { type: q.follow_up.type, payload: values[`${q.id} more`] };
  }
  if (await tell({ messaging_feedback: { feedback_screens: [{ screen_id: 0, questions: answers }] } }, m.person_id)) setDone(m, "feedback");
}

function fieldsOf(q) {
  const label = q.title || ownTitles[q.type] || q.type, scale = scales[q.type];
  return [
    scale ? { name: q.id, label, type: "score", options: scale(q) } : { name: q.id, label, type: "textarea" },
    ...(q.follow_up ? [{ name: `${q.id} more`, label: "Tell us more", type: "textarea", placeholder: q.follow_up.placeholder }] : []),
  ];
}

const labels = (q) => (q.score_label === "neg_pos" ? h("p", { class: "quiet" }, "From bad to good") : q.score_label ? h("p", { class: "quiet" }, q.score_label) : null);
