// What a person sees before the first message: greeting, ice breakers or Get Started.

import { act } from "./actions.js";
import { $, button, h } from "./dom.js";
import { addButton } from "./people.js";
import { conversation, localized, nameOf, pageOf, person, state } from "./store.js";

export function showWelcome() {
  const p = person(), fresh = state.phase !== "loading" && (p ? conversation().messages.length === 0 : !state.me);
  if ($("welcome").hidden !== !fresh) $("welcome").hidden = !fresh;
  if (!fresh) {
    $("welcome").replaceChildren();
    delete $("welcome").dataset.shows;
    return;
  }
  const now = JSON.stringify([p, pageOf(p)]);
  if ($("welcome").dataset.shows === now) return; // it keeps the focus
  $("welcome").dataset.shows = now;
  $("welcome").replaceChildren(...(p ? welcome(p, pageOf(p)) : [h("p", {}, "Nobody is here yet. Add a person, who then writes to the bot."), addButton()]));
}

function welcome(p, page) {
  const flat = (page.profile.ice_breakers ?? []).filter((e) => e.question); // the form without locales
  const breakers = flat.length > 0 ? flat : localized("ice_breakers")?.call_to_actions ?? [];
  const greeting = localized("greeting")?.text;
  const fill = { user_first_name: p.first_name, user_last_name: p.last_name ?? "", user_full_name: nameOf(p) };
  const text = greeting ? greeting.replace(/\{\{(\w+)\}\}/g, (all, key) => fill[key] ?? all) : `Write to ${page.name} as ${p.first_name}.`;
  return [
    h("p", { id: "greeting", dir: "auto", "data-testid": "greeting" }, text),
    breakers.length ? h("div", { class: "ice-breakers", role: "group", "aria-label": "Ice breakers" }, ...breakers.map((b) => button(b.question,
      () => act({ type: "ice_breaker", title: b.question }), { class: "chip", dir: "auto", "data-testid": "ice-breaker" }))) : null,
    page.profile.get_started && !breakers.length ? button("Get Started", () => act({ type: "get_started" }), { class: "primary", "data-testid": "get-started" }) : null,
  ].filter(Boolean);
}
