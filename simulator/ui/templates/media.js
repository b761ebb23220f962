import { h, labelled, link, fileName, safeURL } from "../dom.js";
import { picture } from "../content.js";
import { buttons, sharing } from "./buttons.js";

// media is an image or a video with buttons. Facebook's own addresses need a login, so they are links.
export function media(t, m) {
  const e = t.elements[0], kind = e.media_type === "video" ? "Video" : "Image";
  const uploaded = e.attachment_id && e.url;
  let shown = h("div", { class: "body" }, link(e.url ? e.url : labelled(kind, e.attachment_id), e.url));
  if (uploaded && e.media_type === "video") {
    shown = h("video", { class: "picture", controls: true, preload: "none", src: safeURL(e.url), "aria-label": labelled(kind, fileName(e.url)) });
  } else if (uploaded) {
    shown = picture(e.url, kind, "picture");
  }
  return h("div", { class: "card wide", "data-testid": "media" }, shown, buttons(e.buttons, m, t.raw?.elements?.[0]?.buttons), sharing(t.raw));
}
