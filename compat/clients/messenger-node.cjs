// messenger-node.
"use strict";
const { Client } = require("messenger-node");
const is = require("../samples.cjs");

module.exports = ({ token, appId, appSecret }) => {
  const client = new Client({ page_token: token, app_token: `${appId}|${appSecret}` });
  const media = (type) => ({ psid }) => client.sendAttachment({ source: is[type], type, is_reusable: true }, { id: psid });
  const template = (payload) => ({ psid }) => client.sendTemplate({ id: psid }, payload);
  const action = (name) => ({ psid }) => client.sendSenderAction({ id: psid }, name);
  const set = (properties) => () => client.setMessengerProfile(properties);
  return {
    text: ({ psid }) => client.sendText({ id: psid }, is.text),
    quick_replies: ({ psid }) => client.sendQuickReplies({ id: psid }, is.quickReplies, is.question),
    image: media("image"),
    audio: media("audio"),
    video: media("video"),
    file: media("file"),
    image_from_disk: ({ psid, path }) => client.sendAttachment({ source: path, type: "image" }, { id: psid }),
    upload_url: () => client.uploadAttachment({ source: is.image, type: "image" }),
    upload_disk: ({ path }) => client.uploadAttachment({ source: path, type: "image" }),
    generic_template: template({ template_type: "generic", elements: [is.card] }),
    button_template: template({ template_type: "button", text: is.question, buttons: [is.button, is.link] }),
    receipt_template: template({ template_type: "receipt", ...is.receipt }),
    media_template: ({ psid, attachment }) => client.sendTemplate({ id: psid }, { template_type: "media", elements: [{ media_type: "image", attachment_id: attachment }] }),
    list_template: template({ template_type: "list", elements: [is.card, is.card] }),
    airline_template: template({ template_type: "airline_update", intro_message: "Your flight is delayed", update_type: "delay", locale: "en_US", update_flight_info: {} }),
    typing_on: action("typing_on"),
    typing_off: action("typing_off"),
    mark_seen: action("mark_seen"),
    profile: ({ psid }) => client.getUserProfile(psid, ["id", "first_name", "last_name", "profile_pic"]),
    get_started: set({ get_started: { payload: is.getStarted } }),
    greeting: set({ greeting: is.greeting }),
    menu: set({ persistent_menu: is.menu }),
    ice_breakers: set({ ice_breakers: is.iceBreakers }),
    ice_breakers_by_locale: set({ ice_breakers: is.iceBreakersByLocale }),
    domains: set({ whitelisted_domains: is.domains }),
    account_linking_url: set({ account_linking_url: is.accountLinkingURL }),
    settings_read: () => client.getMessengerProfile(["get_started", "greeting", "persistent_menu", "ice_breakers", "whitelisted_domains", "account_linking_url"]),
    settings_read_default: () => client.getMessengerProfile(),
    settings_delete: () => client.deleteMessengerProfile(["persistent_menu", "get_started", "greeting", "ice_breakers", "whitelisted_domains", "account_linking_url"]),
    label_create: () => client.createCustomLabel("vip"),
    label_set: ({ psid, label }) => client.addPsidtoCustomLabel(psid, label),
    label_of_person: ({ psid }) => client.getCustomLabelsByPsid(psid),
    label_list: () => client.getAllCustomLabels(),
    label_unset: ({ psid, label }) => client.removePsidfromCustomLabel(psid, label),
    label_delete: ({ label }) => client.deleteCustomLabel(label),
    thread_pass: ({ psid }) => client.passThreadControl(psid, "page_inbox", "to a human"),
    thread_owner: ({ psid }) => client.getThreadOwner(psid),
    thread_request: ({ psid }) => client.requestThreadControl(psid, "back, please"),
    thread_take: ({ psid }) => client.takeThreadControl(psid, "back"),
    secondary_receivers: ({ psid }) => client.getSecondaryReceiverList(psid),
    insights: () => client.getMessagingInsights({ metrics: ["page_messages_new_conversations_unique"] }),
    nlp: () => client.setNlpConfigs({ nlp_enabled: true }),
    messenger_code: () => client.generateMessengerCode({ ref: "shop" }),
    ids_for_apps: ({ psid }) => client.getMatchingAsids(psid, "psid"),
    ids_for_pages: ({ psid }) => client.getMatchingPsids(psid, "psid"),
  };
};
