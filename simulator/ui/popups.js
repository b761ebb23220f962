// Popups beside a button: menus and palettes. The platform closes them with Esc or a tap elsewhere, and gives the focus back.

import { $ } from "./dom.js";

const fills = new Map();
let anchor;

// popup fills an element with the attribute popover each time it opens. fill gets the button that opens it.
export function popup(id, fill) {
  fills.set(id, fill);
  const el = $(id);
  // It has a size only once it is open: until it is placed, nobody sees it where it is not, or taps it there.
  el.addEventListener("beforetoggle", (e) => { if (e.newState === "open") el.style.visibility = "hidden"; });
  el.addEventListener("toggle", (e) => {
    if (e.newState !== "open") return;
    place(el);
    el.style.visibility = "";
    el.querySelector("button, a[href], input")?.focus();
  });
  el.addEventListener("click", (e) => { if (e.target.closest("button, a") && !e.target.closest("[data-stay]")) el.hidePopover(); });
}

addEventListener("click", (e) => {
  const opener = e.target.closest?.("[popovertarget]");
  const id = opener?.getAttribute("popovertarget");
  if (!fills.has(id)) return;
  anchor = opener;
  $(id).replaceChildren(...fills.get(id)(opener));
}, { capture: true });

function place(el) {
  if (!anchor?.isConnected) return;
  const box = anchor.getBoundingClientRect(), gap = 6, edge = 12;
  const left = Math.max(edge, Math.min(box.left, innerWidth - el.offsetWidth - edge));
  const above = box.top - el.offsetHeight - gap;
  const top = above >= edge ? above : Math.min(box.bottom + gap, innerHeight - el.offsetHeight - edge);
  el.style.left = `${left}px`;
  el.style.top = `${Math.max(edge, top)}px`;
}
