// Dialogs: a form that is asked, and something that is shown. Each closes with Esc and gives the focus back.

import { button, h } from "./dom.js";

let number = 0;

function open(title, nodes, onclose) {
  const id = `dialog-${++number}`;
  const dialog = h("dialog", { "aria-labelledby": id, "data-testid": "dialog" }, h("h2", { id }, title), ...nodes);
  const opener = document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (opener?.isConnected) opener.focus();
    onclose?.();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

// show shows nodes until they are closed.
export function show(title, ...nodes) {
  const dialog = open(title, [...nodes, h("p", { class: "actions" }, button("Close", () => dialog.close(), { class: "plain" }))]);
  return dialog;
}

// field is a part of a form: { name, label, type, value, options, … }; the rest are attributes of its input.
export function field({ name, label, type = "text", value, options, ...attrs }) {
  switch (type) {
    case "textarea":
      return h("label", {}, label, h("textarea", { name, rows: 4, ...attrs }, value));
    case "select":
      return h("label", {}, label, h("select", { name, ...attrs }, ...options.map((o) => {
        const [key, text] = Array.isArray(o) ? o : [o, o];
        return h("option", { value: key, selected: key === value }, text);
      })));
    case "checkbox":
      return h("label", { class: "check" }, h("input", { type, name, checked: Boolean(value), ...attrs }), label);
    case "score":
      return h("fieldset", { class: "score" }, h("legend", {}, label), ...options.map(([key, text, spoken]) => h("label", {},
        h("input", { type: "radio", name, value: key, required: true, "aria-label": spoken ?? text }), h("span", { "aria-hidden": "true" }, text))));
    default:
      return h("label", {}, label, h("input", { type, name, value, autocomplete: "off", ...attrs }));
  }
}

// valuesOf are the values of a form by their names: numbers of number fields, booleans of check boxes.
export function valuesOf(form) {
  const values = {};
  for (const el of form.elements) {
    if (!el.name) continue;
    if (el.type === "radio" && !el.checked) continue;
    values[el.name] = el.type === "checkbox" ? el.checked : el.type === "number" ? (el.value === "" ? undefined : Number(el.value)) : el.value;
  }
  return values;
}

// ask asks for values and returns them, or undefined if the dialog was closed.
export function ask(title, { intro, fields = [], submit = "Send", cancel = "Cancel" }) {
  return new Promise((resolve) => {
    let answer;
    const form = h("form", { onsubmit: (e) => { e.preventDefault(); answer = valuesOf(form); dialog.close(); } },
      ...[intro].flat(), ...fields.map(field),
      h("p", { class: "actions" }, button(cancel, () => dialog.close(), { class: "plain" }), h("button", { class: "primary", "data-testid": "dialog-submit" }, submit)));
    const dialog = open(title, [form], () => resolve(answer));
  });
}

export const confirm = (title, text, submit) => ask(title, { intro: h("p", {}, text), submit });

