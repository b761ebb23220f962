// fbmessenger.
"use strict";
const fb = require("fbmessenger");
const is = require("../samples.cjs");

const buttons = () => [new fb.Button(is.button), new fb.Button(is.link)];

module.exports = ({ token }) => {
  const client = new fb.Messenger({ pageAccessToken: token });
  return {
    text: ({ psid }) => client.send(new fb.Text(is.text), psid),
    quick_replies: ({ psid }) => client.send({ ...new fb.Text(is.question), ...new fb.QuickReplies(is.quickReplies.map((q) => new fb.QuickReply(q))) }, psid),
    image: ({ psid }) => client.send(new fb.Image({ url: is.image }), psid),
    audio: ({ psid }) => client.send(new fb.Audio({ url: is.audio }), psid),
    video: ({ psid }) => client.send(new fb.Video({ url: is.video }), psid),
    file: ({ psid }) => client.send(new fb.File({ url: is.file }), psid),
    upload_url: () => client.messageAttachment(new fb.Image({ url: is.image, is_reusable: true })),
    image_by_id: ({ psid, attachment }) => client.send(new fb.Image({ attachment_id: attachment }), psid),
    generic_template: ({ psid }) => client.send(new fb.GenericTemplate({ elements: [new fb.Element({ ...is.card, buttons: [new fb.Button(is.button)] })] }), psid),
    button_template: ({ psid }) => client.send(new fb.ButtonTemplate({ text: is.question, buttons: buttons() }), psid),
    receipt_template: ({ psid }) => client.send(new fb.ReceiptTemplate({
      ...is.receipt, elements: is.receipt.elements.map((e) => new fb.Element(e)), address: new fb.Address(is.receipt.address), summary: new fb.Summary(is.receipt.summary),
    }), psid),
    list_template: ({ psid }) => client.send(new fb.ListTemplate({ elements: [new fb.Element(is.card), new fb.Element(is.card)] }), psid),
    typing_on: ({ psid }) => client.senderAction("typing_on", psid),
    typing_off: ({ psid }) => client.senderAction("typing_off", psid),
    mark_seen: ({ psid }) => client.senderAction("mark_seen", psid),
    human_agent_tag: ({ psid }) => client.send(new fb.Text(is.text), psid, "HUMAN_AGENT"),
    profile: ({ psid }) => client.getUser(psid),
    get_started: () => client.setGetStarted(is.getStarted),
    greeting: () => client.setGreetingText(is.greeting.map((g) => new fb.GreetingText(g))),
    menu: () => client.setPersistentMenu(new fb.PersistentMenu({ call_to_actions: [new fb.PersistentMenuItem(is.menu[0].call_to_actions[0])] })),
    ice_breakers: () => client.setMessengerProfile({ ice_breakers: is.iceBreakers }),
    ice_breakers_by_locale: () => client.setMessengerProfile({ ice_breakers: is.iceBreakersByLocale }),
    domains: () => client.setDomainWhitelist(is.domains),
    account_linking_url: () => client.setAccountLinkingURL(is.accountLinkingURL),
    settings_read: () => client.getMessengerProfile(["get_started", "greeting", "persistent_menu", "ice_breakers", "whitelisted_domains", "account_linking_url"]),
    settings_delete: () => client.deletePersistentMenu(),
    nlp: () => client.setNLP(true),
    subscribe_page: () => client.subscribeAppToPage(),
    messenger_code: () => client.messengerCode({ ref: "shop" }),
    home_url: () => client.setHomeURL({ url: "https://shop.example.com/", webview_height_ratio: "tall" }),
  };
};
