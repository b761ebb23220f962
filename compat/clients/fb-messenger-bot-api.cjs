// fb-messenger-bot-api.
"use strict";
const { FacebookMessagingAPIClient, FacebookProfileAPIClient, FacebookPageAPIClient } = require("fb-messenger-bot-api");
const is = require("../samples.cjs");

module.exports = ({ token, pageId }) => {
  const client = new FacebookMessagingAPIClient(token);
  const settings = new FacebookProfileAPIClient(token);
  return {
    text: ({ psid }) => client.sendTextMessage(psid, is.text),
    quick_replies: ({ psid }) => client.sendQuickReplyMessage(psid, is.question, is.quickReplies),
    image: ({ psid }) => client.sendImageMessage(psid, is.image),
    audio: ({ psid }) => client.sendAudioMessage(psid, is.audio),
    video: ({ psid }) => client.sendVideoMessage(psid, is.video),
    file: ({ psid }) => client.sendFileMessage(psid, is.file),
    image_by_id: ({ psid, attachment }) => client.sendImageMessage(psid, attachment),
    generic_template: ({ psid }) => client.sendTemplateMessage(psid, { template_type: "generic", elements: [is.card] }),
    button_template: ({ psid }) => client.sendButtonsMessage(psid, is.question, [is.button, is.link]),
    receipt_template: ({ psid }) => client.sendTemplateMessage(psid, { template_type: "receipt", ...is.receipt }),
    media_template: ({ psid, attachment }) => client.sendTemplateMessage(psid, { template_type: "media", elements: [{ media_type: "image", attachment_id: attachment }] }),
    list_template: ({ psid }) => client.sendTemplateMessage(psid, { template_type: "list", elements: [is.card, is.card] }),
    typing_on: ({ psid }) => client.toggleTyping(psid, true),
    typing_off: ({ psid }) => client.toggleTyping(psid, false),
    mark_seen: ({ psid }) => client.markSeen(psid),
    profile: ({ psid }) => client.getUserProfile(psid, ["id", "first_name", "last_name", "profile_pic"]),
    get_started: () => settings.setGetStartedAction(is.getStarted),
    greeting: () => settings.setGreetingMessage(is.greeting[0].text),
    menu: () => settings.setPersistentMenu(is.menu[0].call_to_actions),
    post: () => new FacebookPageAPIClient(pageId, token).setPostText("New lamps").setPostLink("https://shop.example.com/").sendPost(),
  };
};
