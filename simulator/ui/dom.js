// Builders of DOM nodes. Data only ever becomes text or a checked URL.

export const $ = (id) => document.getElementById(id);

// h makes an element: attributes and listeners from an object, then children.
export function h(tag, attrs = {}, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(attrs)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) el.addEventListener(name.slice(2), value);
    else el.setAttribute(name, value === true ? "" : value);
  }
  el.append(...children.flat().filter((c) => c !== undefined && c !== null && c !== "" && c !== false).map(shown));
  return el;
}

// shown is a child as it is, or as JSON: a bot can send an object where a text belongs.
const shown = (child) => (typeof child !== "object" || child instanceof Node ? child : JSON.stringify(child));

const shapes = {
  menu: "M4 6h16v2H4zM4 11h16v2H4zM4 16h16v2H4z",
  attach: "M11 4h2v7h7v2h-7v7h-2v-7H4v-2h7z",
  send: "M3 20.500 21.500 12 3 3.500V10l11 2-11 2z",
  thumb: "M2 10h4v11H2zM8 20.200V10.300L13.300 2c1.700.2 2.600 1.500 2.300 3.200L14.900 9h5.300c1.400 0 2.300 1.200 2 2.500l-1.800 7.700c-.3 1.100-1.100 1.800-2.200 1.800H10.300c-.8 0-1.600-.3-2.300-.8z",
  smile: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm0 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM8.500 8a1.500 1.500 0 1 0 0 3 1.500 1.500 0 0 0 0-3zm7 0a1.500 1.500 0 1 0 0 3 1.500 1.500 0 0 0 0-3zM7 13.500c.9 2.100 2.800 3.500 5 3.500s4.100-1.400 5-3.500h-2.100c-.7.900-1.700 1.500-2.900 1.500s-2.200-.6-2.900-1.500z",
  star: "m12 2 3 6.600 7.200.8-5.300 4.900 1.400 7.100L12 17.800l-6.300 3.600 1.400-7.100-5.300-4.900 7.200-.8z",
  mic: "M12 2a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V5a3 3 0 0 0-3-3zM5 10h2v1a5 5 0 0 0 10 0v-1h2v1a7 7 0 0 1-6 6.900V21h3v2H8v-2h3v-3.100A7 7 0 0 1 5 11z",
  stop: "M6 6h12v12H6z",
  back: "m14.500 4 1.500 1.500L9.500 12l6.500 6.500-1.500 1.500L6.500 12z",
  next: "m9.500 4-1.500 1.500 6.500 6.500L8 18.500 9.500 20l8-8z",
  more: "M5 10a2 2 0 1 0 0 4 2 2 0 0 0 0-4zm7 0a2 2 0 1 0 0 4 2 2 0 0 0 0-4zm7 0a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  close: "m6.400 5 5.600 5.600L17.600 5 19 6.400 13.400 12l5.600 5.600-1.400 1.400-5.600-5.600L6.400 19 5 17.600l5.600-5.600L5 6.400z",
  tools: "M4 4h16v3H4zM4 10.500h10v3H4zM4 17h13v3H4z",
};

export function icon(name, size = 24) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", width: size, height: size, fill: "currentColor", "aria-hidden": "true" })) svg.setAttribute(key, value);
  const path = document.createElementNS(ns, "path");
  path.setAttribute("d", shapes[name]);
  svg.append(path);
  return svg;
}

// focusWatch returns a function that tells whether the page may still move the focus: not out of a field to which the person has gone
// since.
export function focusWatch() {
  const was = document.activeElement;
  return () => document.activeElement === was || !document.activeElement?.matches("input, textarea, select");
}

// safeURL lets web and telephone addresses through and nothing that runs. An upload is loaded from where the page is: its
// address may have the name by which the bot knows the simulator, which is another site.
export function safeURL(text) {
  try {
    const url = new URL(text, document.baseURI);
    const upload = url.pathname.match(/\/(simulator\/files\/[0-9a-f]{24}\/[^/]+)$/);
    if (upload) return new URL(upload[1], document.baseURI).href;
    return ["http:", "https:", "tel:"].includes(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

// link is an anchor; a text if the address is not one that may be opened.
export function link(text, url, attrs = {}) {
  const href = url === undefined || url === "" ? undefined : safeURL(url);
  if (!href) return h("span", { ...attrs, title: url ? `Not opened: ${url}` : undefined }, text);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer", ...attrs }, text);
}

// rich is text with its web addresses as links.
export function rich(text) {
  return String(text).split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]}'])/).map((part, i) => (i % 2 ? link(part, part) : part));
}

export function pretty(json) {
  try {
    return JSON.stringify(typeof json === "string" ? JSON.parse(json) : json, null, 2);
  } catch {
    return String(json);
  }
}

export const button = (text, onclick, attrs = {}) => h("button", { type: "button", onclick, ...attrs }, text);

// labelled is a label and a name with a colon between them, or one of them alone.
export const labelled = (label, name) => [label, name].filter(Boolean).join(": ");

export function fileName(url) {
  try {
    return decodeURIComponent(new URL(url, document.baseURI).pathname.split("/").pop()) || url;
  } catch {
    return url;
  }
}
