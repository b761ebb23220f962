// A bot on botkit with botbuilder-adapter-facebook: it answers each word that it knows with a message of that kind.
"use strict";
const { Botkit } = require("botkit");
const { FacebookAdapter, FacebookEventTypeMiddleware } = require("botbuilder-adapter-facebook");
const { received } = require("./report.cjs");
const is = require("../samples.cjs");

const adapter = new FacebookAdapter({
  access_token: process.env.MESSENGER_PAGE_TOKEN,
  verify_token: process.env.MESSENGER_VERIFY_TOKEN,
  app_secret: process.env.MESSENGER_APP_SECRET,
});
adapter.use(new FacebookEventTypeMiddleware());

const controller = new Botkit({ adapter, webhook_uri: "/webhook" }); // it listens on PORT

// The adapter adds fields of its own to the event, and copies those of the message beside it.
const added = ["botkitEventType", "user", "channel", "value", "reference", "type", "incoming_message", "context", "logger"];

controller.middleware.receive.use((bot, message, next) => {
  const event = { ...message.incoming_message.channelData };
  for (const name of [...added, ...Object.keys(event.message ?? {})]) {
    if (name !== "referral" || event.message?.referral) delete event[name];
  }
  if (event.optin?.user_ref && event.sender?.id === event.optin.user_ref) delete event.sender; // of one without a sender
  received(event);
  next();
});


controller.hears("text", "message", (bot, message) => bot.reply(message, is.text));
controller.hears("quick replies", "message", (bot, message) => bot.reply(message, { text: is.question, quick_replies: is.quickReplies }));
controller.hears("template", "message", (bot, message) => bot.reply(message, {
  attachment: { type: "template", payload: { template_type: "generic", elements: [is.card] } },
}));
controller.hears("image", "message", (bot, message) => bot.reply(message, { attachment: { type: "image", payload: { url: is.image } } }));
controller.hears("profile", "message", async (bot, message) => {
  const person = await bot.api.callAPI(`/${message.user}`, "GET", { fields: "first_name" });
  await bot.reply(message, `You are ${person.first_name}`);
});
controller.hears("settings", "message", async (bot, message) => {
  await bot.api.callAPI("/me/messenger_profile", "POST", { greeting: is.greeting, get_started: { payload: is.getStarted }, persistent_menu: is.menu });
  await bot.reply(message, "The settings are set");
});
