// The three places of the page, side by side or one at a time, and the hash that keeps them.

import { $ } from "./dom.js";
import { changed, state } from "./store.js";

const phone = matchMedia("(max-width: 699px)"), wide = matchMedia("(min-width: 1100px)");
let view = "chat", tool = { open: wide.matches, tab: "log", entry: 0 }, opener;

export const isPhone = () => phone.matches;
export const toolPlace = () => tool;

export function startPlaces({ toList }) {
  $("to-list").addEventListener("click", () => { showView("list"); toList(); });
  $("tools-toggle").addEventListener("click", () => setTools({ open: $("tools").hidden }));
  $("tools-close").addEventListener("click", () => setTools({ open: false }));
  phone.addEventListener("change", layout);
  wide.addEventListener("change", layout);
  addEventListener("hashchange", () => { readHash(); changed("all"); });
  startSplitter();
  layout();
}

// showView shows a place on a phone: list or chat. Elsewhere both are there.
export function showView(name) {
  view = name;
  if (isPhone() && tool.open) tool.open = false;
  layout();
}

// setTools opens or closes the tools, and remembers which of them is shown.
export function setTools(change) {
  const was = tool.open;
  tool = { ...tool, ...change };
  if (tool.open && !was) opener = document.activeElement;
  layout();
  writeHash();
  if (!tool.open && was) (opener?.isConnected && opener !== document.body ? opener : $("tools-toggle")).focus();
  if (tool.open && !was && !wide.matches) $("tools-close").focus();
  changed("tools");
}

function layout() {
  document.body.dataset.view = view;
  document.body.dataset.tools = tool.open ? "open" : "closed";
  $("tools").hidden = !tool.open;
  $("splitter").hidden = !tool.open || !wide.matches;
  $("tools-toggle").setAttribute("aria-expanded", String(tool.open));
  // On a phone the tools cover all else, as a dialog does.
  const covered = isPhone() && tool.open;
  for (const id of ["people", "chat"]) $(id).inert = covered;
  if (covered) {
    $("tools").setAttribute("role", "dialog");
    $("tools").setAttribute("aria-modal", "true");
  } else {
    $("tools").setAttribute("role", "complementary");
    $("tools").removeAttribute("aria-modal");
  }
}

// --- the hash: #p=71…&tab=log&log=14

export function readHash() {
  const hash = new URLSearchParams(location.hash.slice(1));
  const saved = stored();
  state.me = hash.get("p") ?? (state.me || saved);
  if (hash.has("tab")) tool = { open: true, tab: hash.get("tab"), entry: Number(hash.get("log")) || 0 };
  if (hash.get("tools") === "0") tool.open = false;
  layout();
}

export function writeHash() {
  const hash = new URLSearchParams();
  if (state.me) hash.set("p", state.me);
  if (tool.open && (tool.tab !== "log" || tool.entry || !wide.matches)) hash.set("tab", tool.tab);
  if (tool.open && tool.entry) hash.set("log", String(tool.entry));
  if (!tool.open && wide.matches) hash.set("tools", "0");
  history.replaceState(null, "", `#${hash}`);
  try { localStorage.setItem("person", state.me); } catch { /* storage is off */ }
}

function stored() {
  try { return localStorage.getItem("person") ?? ""; } catch { return ""; }
}

// --- the width of the tools

function startSplitter() {
  const line = $("splitter"), min = Number(line.getAttribute("aria-valuemin")), max = Number(line.getAttribute("aria-valuemax"));
  const set = (width) => {
    const now = Math.round(Math.max(min, Math.min(max, Math.min(width, innerWidth - 640))));
    line.setAttribute("aria-valuenow", String(now));
    document.documentElement.style.setProperty("--tools", `${now}px`);
  };
  line.addEventListener("keydown", (e) => {
    const by = { ArrowLeft: 24, ArrowRight: -24 }[e.key];
    if (!by) return;
    e.preventDefault();
    set(Number(line.getAttribute("aria-valuenow")) + by);
  });
  line.addEventListener("pointerdown", (e) => {
    line.setPointerCapture(e.pointerId);
    const move = (m) => set(innerWidth - m.clientX);
    line.addEventListener("pointermove", move);
    line.addEventListener("pointerup", () => line.removeEventListener("pointermove", move), { once: true });
  });
}
