import { isDone, setDone, tell } from "../actions.js";
import { button, h } from "../dom.js";

// instantForm is a form of the page's, which the platform keeps: the bot learns that it was filled in.
export function instantForm(t, m) {
  const id = t.raw.form_id, sent = isDone(m, "form");
  const fill = async () => { if (await tell({ form: { id } }, m.person_id)) setDone(m, "form"); };
  return h("div", { class: "card wide", "data-testid": "instant-form" },
    h("div", { class: "body" }, h("b", {}, `Form ${id}`), h("p", {}, sent ? "Filled in" : "Its questions are on the platform, and are not simulated.")),
    sent ? null : h("div", { class: "buttons" }, button("Fill in", fill, { "data-testid": "button" })));
}
