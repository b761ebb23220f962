// messaging-api-messenger: its methods take and return camelCase.
"use strict";
const fs = require("node:fs");
const { MessengerClient, MessengerBatch } = require("messaging-api-messenger");
const is = require("../samples.cjs");

const camel = (value) => {
  if (Array.isArray(value)) return value.map(camel);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k.replace(/_([a-z0-9])/g, (_, c) => c.toUpperCase()), camel(v)]));
};

module.exports = ({ token, appSecret, appId }) => {
  const client = new MessengerClient({ accessToken: token, appId, appSecret, version: "9.0" });
  return {
    text: ({ psid }) => client.sendText(psid, is.text),
    quick_replies: ({ psid }) => client.sendText(psid, is.question, { quickReplies: camel(is.quickReplies) }),
    image: ({ psid }) => client.sendImage(psid, is.image),
    audio: ({ psid }) => client.sendAudio(psid, is.audio),
    video: ({ psid }) => client.sendVideo(psid, is.video),
    file: ({ psid }) => client.sendFile(psid, is.file),
    image_from_disk: ({ psid, path }) => client.sendImage(psid, fs.createReadStream(path)),
    upload_url: () => client.uploadImage(is.image, { isReusable: true }),
    upload_disk: ({ path }) => client.uploadImage(fs.createReadStream(path), { isReusable: true }),
    image_by_id: ({ psid, attachment }) => client.sendImage(psid, { attachmentId: attachment }),
    generic_template: ({ psid }) => client.sendGenericTemplate(psid, camel([is.card])),
    button_template: ({ psid }) => client.sendButtonTemplate(psid, is.question, [is.button, is.link]),
    receipt_template: ({ psid }) => client.sendReceiptTemplate(psid, camel({ ...is.receipt, address: undefined })),
    media_template: ({ psid, attachment }) => client.sendMediaTemplate(psid, [{ mediaType: "image", attachmentId: attachment }]),
    one_time_request: ({ psid }) => client.sendOneTimeNotifReqTemplate(psid, { title: "Back in stock", payload: "STOCK" }),
    airline_template: ({ psid }) => client.sendAirlineUpdateTemplate(psid, {
      introMessage: "Your flight is delayed", updateType: "delay", locale: "en_US", pnrNumber: "CF23G2", updateFlightInfo: {},
    }),
    typing_on: ({ psid }) => client.typingOn(psid),
    typing_off: ({ psid }) => client.typingOff(psid),
    mark_seen: ({ psid }) => client.markSeen(psid),
    human_agent_tag: ({ psid }) => client.sendText(psid, is.text, { messagingType: "MESSAGE_TAG", tag: "HUMAN_AGENT" }),
    persona_create: () => client.createPersona(camel(is.persona)),
    persona_send: ({ psid, persona }) => client.sendText(psid, is.text, { personaId: persona }),
    persona_read: ({ persona }) => client.getPersona(persona),
    persona_list: () => client.getAllPersonas(),
    persona_delete: ({ persona }) => client.deletePersona(persona),
    batch: ({ psid }) => client.sendBatch([MessengerBatch.sendText(psid, "one"), MessengerBatch.sendText(psid, "two")]),
    profile: ({ psid }) => client.getUserProfile(psid, { fields: ["id", "first_name", "last_name", "profile_pic"] }),
    page: () => client.getPageInfo(),
    get_started: () => client.setGetStarted(is.getStarted),
    greeting: () => client.setGreeting(is.greeting),
    menu: () => client.setPersistentMenu(camel(is.menu)),
    ice_breakers: () => client.setIceBreakers(is.iceBreakers),
    ice_breakers_by_locale: () => client.setIceBreakers(camel(is.iceBreakersByLocale)),
    domains: () => client.setWhitelistedDomains(is.domains),
    account_linking_url: () => client.setAccountLinkingURL(is.accountLinkingURL),
    settings_read: () => client.getMessengerProfile(["get_started", "greeting", "persistent_menu", "ice_breakers", "whitelisted_domains", "account_linking_url"]),
    settings_delete: () => client.deleteMessengerProfile(["persistent_menu", "get_started", "greeting", "ice_breakers", "whitelisted_domains", "account_linking_url"]),
    person_menu: ({ psid }) => client.setUserPersistentMenu(psid, camel(is.menu)),
    person_menu_read: ({ psid }) => client.getUserPersistentMenu(psid),
    person_menu_delete: ({ psid }) => client.deleteUserPersistentMenu(psid),
    label_create: () => client.createLabel("vip"),
    label_set: ({ psid, label }) => client.associateLabel(psid, label),
    label_of_person: ({ psid }) => client.getAssociatedLabels(psid),
    label_list: () => client.getLabelList(),
    label_unset: ({ psid, label }) => client.dissociateLabel(psid, label),
    label_delete: ({ label }) => client.deleteLabel(label),
    thread_pass: ({ psid }) => client.passThreadControlToPageInbox(psid, "to a human"),
    thread_owner: ({ psid }) => client.getThreadOwner(psid),
    thread_request: ({ psid }) => client.requestThreadControl(psid, "back, please"),
    thread_take: ({ psid }) => client.takeThreadControl(psid, "back"),
    secondary_receivers: () => client.getSecondaryReceivers(),
    insights: () => client.getInsights(["page_messages_new_conversations_unique"]),
    nlp: () => client.setNLPConfigs({ nlpEnabled: true }),
    debug_token: () => client.debugToken(),
    subscriptions: () => client.getSubscriptions(),
    feature_review: () => client.getMessagingFeatureReview(),
    ids_for_apps: ({ psid }) => client.getIdsForApps({ userId: psid, appSecret }),
    ids_for_pages: ({ psid }) => client.getIdsForPages({ userId: psid, appSecret }),
  };
};
