// The log: what went over the wire, the newest on top.

import { copy, attempt } from "../actions.js";
import * as api from "../api.js";
import { $, button, focusWatch, h } from "../dom.js";
import { keyed, elementOf } from "../keyed.js";
import { lettersOn } from "../keys.js";
import { setTools, toolPlace } from "../places.js";
import { answersTo, callbackOf, changed, entry, state } from "../store.js";
import { failed } from "../timeline.js";
import { detail } from "./entry.js";
import { editAndSend, sendAgain } from "./resend.js";
import { fits, parse } from "./filter.js";

const step = 200, searchAfter = 300;
let shown = step, text = "", onlyBad = false, onlyMine = false, inBody, timer, goTo = () => {}, openSeq = 0;

export const logPanel = { title: "Log", build, update, start: (actions) => { goTo = actions.goTo; } };

function build() {
  const input = h("input", { id: "filter", type: "search", value: text, placeholder: "words status:4xx is:bad", "aria-label": "Filter the log", "data-testid": "filter",
    title: "Words, and status:4xx, field:messages, from:bot, from:platform, person:ada, is:bad, is:fault, is:warning" });
  input.addEventListener("input", () => { text = input.value; inBody = undefined; shown = step; search(); changed("log"); });
  const box = (label, on, set, id) => h("label", { class: "check" }, h("input", { type: "checkbox", checked: on, "data-testid": id, onchange: (e) => { set(e.target.checked); changed("log"); } }), label);
  return [
    h("div", { class: "log-filter" }, input, box("failures", onlyBad, (v) => { onlyBad = v; }, "only-bad"), box("this person", onlyMine, (v) => { onlyMine = v; }, "only-mine")),
    h("p", { id: "log-empty", class: "quiet pad", hidden: true }),
    h("div", { id: "log-rows", role: "grid", "aria-label": "Log", "aria-readonly": "true", "data-testid": "log-rows", onkeydown: onKey }),
    h("p", { id: "log-more", hidden: true }),
    h("div", { id: "log-detail" }),
  ];
}

// search asks the simulator for the entries whose bodies have the words: the page does not have them.
function search() {
  clearTimeout(timer);
  const { words } = parse(text), wanted = text;
  if (!words.length) return;
  timer = setTimeout(async () => {
    const found = await api.get(`log?q=${encodeURIComponent(words.join(" "))}`).catch(() => []);
    if (wanted !== text) return;
    inBody = new Set(found.map((e) => e.seq));
    changed("log");
  }, searchAfter);
}

function update(kinds) {
  const any = (...names) => kinds.has("all") || names.some((n) => kinds.has(n));
  if (any("log", "select", "tools")) showRows();
  const seq = toolPlace().entry;
  if (seq !== openSeq || kinds.has("all")) showEntry(seq);
}

function showRows() {
  const filter = parse(text), all = [];
  for (let i = state.log.length - 1; i >= 0; i--) {
    const e = state.log[i];
    if ((!onlyBad || failed(e)) && (!onlyMine || e.person_id === state.me) && fits(e, filter, inBody)) all.push(e);
  }
  const rows = all.slice(0, shown);
  keyed($("log-rows"), rows, { key: (e) => e.seq, deps: (e) => [e, e.seq === toolPlace().entry], build: row });
  if (!$("log-rows").querySelector('[tabindex="0"]')) $("log-rows").firstElementChild?.setAttribute("tabindex", "0");
  $("log-empty").hidden = rows.length > 0;
  $("log-rows").hidden = rows.length === 0;
  $("log-empty").textContent = state.log.length === 0 ? "Nothing has gone over the wire yet. Write something." : "The filter finds nothing.";
  $("log-more").hidden = all.length <= rows.length;
  $("log-more").replaceChildren(...(all.length > rows.length ? [button(`The newest ${rows.length} of ${all.length}. Show more`, () => { shown += step; changed("log"); }, { class: "plain" })] : []));
}

const arrows = { callback: "→", call: "←", warning: "!" };
const spoken = { callback: "to the bot", call: "from the bot", warning: "warning" };

function row(e) {
  const bad = failed(e), selected = e.seq === toolPlace().entry;
  const status = e.kind === "warning" ? "warning" : e.status ? String(e.status) : "dropped";
  return h("div", { role: "row", class: bad ? "row bad" : "row", tabindex: selected ? "0" : "-1", "aria-selected": String(selected), "data-seq": e.seq,
    "data-kind": e.kind, "data-testid": "wire-entry", onclick: () => choose(e.seq) },
  h("span", { role: "gridcell", class: "seq" }, String(e.seq)),
  h("span", { role: "gridcell", class: "arrow-cell", "aria-label": spoken[e.kind] }, arrows[e.kind]),
  h("span", { role: "gridcell", class: "what" }, h("b", {}, e.name), e.person ? h("span", { class: "quiet" }, ` ${e.person}`) : "",
    h("span", { class: "preview quiet", dir: "auto" }, e.error && !e.preview ? e.error : e.preview ?? "")),
  h("span", { role: "gridcell", class: "state" }, status, e.fault ? " fault" : "", e.batch ? ` ×${e.batch}` : "", e.again ? ` again` : ""),
  h("span", { role: "gridcell", class: "ms" }, e.kind === "warning" ? "" : `${e.duration_ms} ms`));
}

function choose(seq) {
  setTools({ entry: toolPlace().entry === seq ? 0 : seq });
  showEntry(toolPlace().entry);
}

function onKey(e) {
  const at = e.target.closest("[role=row]"), seq = Number(at?.dataset.seq);
  if (!at || e.altKey || e.ctrlKey || e.metaKey) return;
  const to = { ArrowDown: at.nextElementSibling, ArrowUp: at.previousElementSibling }[e.key];
  if (to) {
    e.preventDefault();
    for (const el of $("log-rows").children) el.tabIndex = el === to ? 0 : -1;
    to.focus();
    return;
  }
  const key = e.key.toLowerCase();
  if (key === "enter" || key === " ") { e.preventDefault(); choose(seq); }
  if (!lettersOn()) return;
  if (key === "e") editAndSend(entry(seq));
  if (key === "s") sendAgain(entry(seq));
  if (key === "c") copyAs(seq, "curl", "The command");
  if (key === "g") copyAs(seq, "go", "The Go test");
}

// copyAs copies an entry in one of the simulator's forms.
export async function copyAs(seq, form, what) {
  const snippet = await attempt(() => api.get(`log/${seq}?as=${form}`));
  if (snippet !== undefined) copy(typeof snippet === "string" ? snippet : JSON.stringify(snippet), what);
}

// showEntry shows an entry below the list.
export async function showEntry(seq, focus) {
  openSeq = seq;
  const mayFocus = focusWatch(), place = $("log-detail");
  if (!place) return;
  if (!seq) {
    place.replaceChildren();
    return;
  }
  let found;
  try {
    found = await api.get(`log/${seq}`);
  } catch (err) {
    if (openSeq === seq) place.replaceChildren(h("p", { class: "quiet pad" }, err.message));
    return;
  }
  if (openSeq !== seq || !$("log-detail")) return;
  $("log-detail").replaceChildren(detail(found, {
    goTo, copyAs, open: (n) => { setTools({ entry: n }); showEntry(n, true); }, close: () => { setTools({ entry: 0 }); showEntry(0); elementOf($("log-rows"), seq)?.focus(); },
    answers: answersTo(found.entry.delivery_id), callback: callbackOf(found.entry.answers_delivery),
  }));
  elementOf($("log-rows"), seq)?.scrollIntoView({ block: "nearest" });
  if (focus && mayFocus()) $("log-detail").querySelector("[role=tab][aria-selected=true]")?.focus({ preventScroll: true });
}
