// @warriorteam/messenger-sdk, which calls by fetch.
"use strict";
const { Messenger } = require("@warriorteam/messenger-sdk");
const is = require("../samples.cjs");

module.exports = ({ token, pageId }) => {
  const client = new Messenger({ accessToken: token });
  const send = (psid, message, more) => client.send.message({ recipient: { id: psid }, messaging_type: "RESPONSE", message, ...more });
  const media = (type) => ({ psid }) => client.send.attachmentFromUrl({ recipient: { id: psid }, type, url: is[type] });
  return {
    text: ({ psid }) => send(psid, { text: is.text }),
    quick_replies: ({ psid }) => send(psid, { text: is.question, quick_replies: is.quickReplies }),
    image: media("image"),
    audio: media("audio"),
    video: media("video"),
    file: media("file"),
    upload_url: () => client.attachments.upload({ type: "image", url: is.image, is_reusable: true }),
    image_by_id: ({ psid, attachment }) => client.send.attachment({ recipient: { id: psid }, type: "image", attachment_id: attachment }),
    generic_template: ({ psid }) => client.templates.generic({ recipient: { id: psid }, elements: [is.card] }),
    button_template: ({ psid }) => client.templates.button({ recipient: { id: psid }, text: is.question, buttons: [is.button, is.link] }),
    media_template: ({ psid, attachment }) => client.templates.media({ recipient: { id: psid }, element: { media_type: "image", attachment_id: attachment } }),
    product_template: ({ psid }) => client.templates.product({ recipient: { id: psid }, elements: [{ id: "4711" }] }),
    typing_on: ({ psid }) => client.send.typingOn(psid),
    typing_off: ({ psid }) => client.send.typingOff(psid),
    mark_seen: ({ psid }) => client.send.markSeen(psid),
    react: ({ psid, mid }) => client.send.addReaction(psid, { messageId: mid, emoji: "love" }),
    human_agent_tag: ({ psid }) => send(psid, { text: is.text }, { messaging_type: "MESSAGE_TAG", tag: "HUMAN_AGENT" }),
    profile: ({ psid }) => client.profile.getBasic(psid),
    conversations: ({ psid }) => client.conversations.list(pageId, { platform: "messenger", user_id: psid }),
    messages: async ({ psid }) => client.conversations.getRecentMessages(await client.conversations.findByUser(pageId, psid, "messenger")),
    spam: ({ psid }) => client.moderation.moveToSpam(psid),
  };
};
