// The filter of the log. No DOM here.

import { failed } from "../timeline.js";

// parse reads a filter: words, and name:value with the names status, field, from, person and is.
export function parse(text) {
  const filter = { words: [], terms: [] };
  for (const part of text.trim().toLowerCase().split(/\s+/).filter(Boolean)) {
    const [, name, value] = /^(status|field|from|person|is):(.+)$/.exec(part) ?? [];
    if (name) filter.terms.push([name, value]);
    else filter.words.push(part);
  }
  return filter;
}

const tests = {
  status: (e, v) => (/^[1-5]xx$/.test(v) ? String(e.status ?? "").startsWith(v[0]) : String(e.status ?? 0) === v),
  field: (e, v) => e.name.toLowerCase().includes(v),
  from: (e, v) => (v === "bot" ? e.kind === "call" : v === "platform" ? e.kind === "callback" : e.kind === v),
  person: (e, v) => e.person_id === v || (e.person ?? "").toLowerCase().startsWith(v),
  is: (e, v) => ({ bad: failed(e), fault: Boolean(e.fault), warning: e.kind === "warning", again: Boolean(e.again) })[v] ?? false,
};

const texts = (e) => [e.name, e.person, e.preview, e.error, e.advice, String(e.status ?? ""), String(e.seq)].filter(Boolean).join("\n").toLowerCase();

// fits reports whether an entry passes. inBody has the numbers of the entries whose bodies have the words, as the simulator says.
export function fits(e, filter, inBody) {
  if (!filter.terms.every(([name, value]) => tests[name](e, value))) return false;
  if (!filter.words.length) return true;
  const text = texts(e);
  return filter.words.every((word) => text.includes(word)) || Boolean(inBody?.has(e.seq));
}
