// Lists that keep their elements: what has not changed stays, with its focus, its scroll position and its sound.

const kept = new WeakMap(); // list → key → { el, deps }

const same = (a, b) => a.length === b.length && a.every((value, i) => value === b[i]);

const focusable = "button, a[href], input, textarea, select, summary, [tabindex]";

// keyed makes the children of an element those of items. key names an item, deps are the values on which its element depends, and
// build makes the element.
export function keyed(list, items, { key, deps, build }) {
  const before = kept.get(list) ?? new Map(), after = new Map();
  const wanted = new Set(items.map(key));
  for (const [name, { el }] of before) if (!wanted.has(name)) el.remove();
  let at = list.firstElementChild;
  for (const item of items) {
    const name = key(item), values = deps(item);
    let entry = before.get(name);
    if (!entry || !same(entry.deps, values)) {
      const el = build(item);
      if (entry) {
        if (at === entry.el) at = el;
        replace(entry.el, el);
      }
      entry = { el, deps: values };
    }
    after.set(name, entry);
    if (at === entry.el) at = at.nextElementSibling;
    else list.insertBefore(entry.el, at);
  }
  kept.set(list, after);
}

// elementOf is the element of a key, if the list has it.
export const elementOf = (list, name) => kept.get(list)?.get(name)?.el;

function replace(old, el) {
  const active = document.activeElement;
  const inside = old.contains(active);
  const place = inside ? [old, ...old.querySelectorAll(focusable)].indexOf(active) : -1;
  if (old.hasAttribute("tabindex")) el.setAttribute("tabindex", old.getAttribute("tabindex"));
  old.replaceWith(el);
  if (inside) [el, ...el.querySelectorAll(focusable)].at(Math.max(0, place))?.focus({ preventScroll: true });
}
