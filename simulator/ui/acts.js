// What a person can do besides writing: links, ads, comments, opt-ins, blocking, and a new beginning.

import { act, needs, restart, sameAgain, tell } from "./actions.js";
import * as api from "./api.js";
import { block } from "./banner.js";
import { ask, confirm, show } from "./dialogs.js";
import { button, h } from "./dom.js";
import { conversation, nameOf, pageOf, person, state } from "./store.js";

// moreActs are the entries of the menu beside a person's name.
export function moreActs() {
  const p = person(), page = pageOf(p), instagram = page.platform === "instagram", blocked = conversation().blocked;
  return [
    button("Come by a link (m.me, ref)", byLink, { "data-testid": "more-link" }),
    button("Come from an ad", byAd, { "data-testid": "more-ad" }),
    ...(instagram ? [button("Answer a story", onStory)] : [button("Opt in (plugin)", optIn, { "data-testid": "more-optin" })]),
    button(instagram ? "Comment on a medium" : "Comment on a post", () => write("comment", "Comment"), { "data-testid": "more-comment" }),
    ...(instagram ? [] : [button("Write on the page's feed", () => write("post", "Post"))]),
    button(blocked ? "Unblock the page" : "Block the page", () => block(!blocked), { "data-testid": "more-block" }),
    button("Restart the conversation", async () => {
      if (await confirm("Restart the conversation?", `All that ${nameOf(p)} and the page have said is forgotten here. The bot keeps what it knows.`, "Restart")) restart(p.id);
    }, { "data-testid": "more-restart" }),
    button("Restart as a new person", () => sameAgain(p), { "data-testid": "more-again" }),
  ];
}

async function byLink() {
  const who = state.me;
  const values = await ask("Come by a link", { submit: "Open", intro: h("p", {}, "As https://m.me/PAGE?ref=… does."), fields: [{ name: "ref", label: "ref", required: true }] });
  if (values && await act({ type: "link", ref: values.ref }, who)) needs("messaging_referrals", "messaging_referral");
}

async function byAd() {
  const who = state.me;
  const values = await ask("Come from an ad", { submit: "Open", fields: [
    { name: "ad_id", label: "Id of the ad", required: true, pattern: "[0-9]+", value: "6045246247433" }, { name: "title", label: "Title of the ad", value: "Blue lamps" }, { name: "ref", label: "ref" },
  ] });
  if (!values) return;
  const referral = { ref: values.ref || undefined, source: "ADS", type: "OPEN_THREAD", ad_id: values.ad_id, ads_context_data: { ad_title: values.title } };
  await tell({ referral }, who);
}

async function optIn() {
  const who = state.me;
  const values = await ask("Opt in", { submit: "Opt in", intro: h("p", {}, "As a Send-to-Messenger button does, with its data-ref."), fields: [{ name: "ref", label: "data-ref", required: true }] });
  if (values && await act({ type: "optin", ref: values.ref }, who)) needs("messaging_optins");
}

async function onStory() {
  const who = state.me;
  const values = await ask("Answer a story", { fields: [
    { name: "url", label: "Address of the story", type: "url", required: true, value: "https://lookaside.example/story-1" }, { name: "text", label: "Text", required: true },
  ] });
  if (values) await act({ type: "story_reply", ...values }, who);
}

async function write(type, title) {
  const who = state.me;
  const values = await ask(title, { fields: [{ name: "text", label: "Text", type: "textarea", required: true }], submit: title });
  if (!values) return;
  const answer = await act({ type, text: values.text }, who);
  if (!answer?.mid) return;
  needs("feed", "comments");
  watchComment(answer.mid, values.text);
}

// watchComment shows the public answers below a comment or a post.
function watchComment(id, text) {
  const list = h("ul", { "aria-label": "Public answers" });
  const update = async () => {
    const below = await api.get(`comments/${id}`).catch(() => []);
    list.replaceChildren(...(below.length ? below.map((c) => h("li", { dir: "auto" }, `${c.from === "page" ? pageOf().name : "A person"}: ${c.text}`)) : [h("li", { class: "quiet" }, "No public answer yet. A private reply comes into the conversation.")]));
  };
  const timer = setInterval(update, 1000);
  const dialog = show("On the feed", h("p", { dir: "auto" }, text), h("p", { class: "quiet" }, id), h("div", { role: "status" }, list));
  dialog.addEventListener("close", () => clearInterval(timer));
  update();
}

