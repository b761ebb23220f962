// A bot on bootbot: it answers each word that it knows with a message of that kind.
"use strict";
const BootBot = require("bootbot");
const { received } = require("./report.cjs");
const is = require("../samples.cjs");

const bot = new BootBot({
  accessToken: process.env.MESSENGER_PAGE_TOKEN,
  verifyToken: process.env.MESSENGER_VERIFY_TOKEN,
  appSecret: process.env.MESSENGER_APP_SECRET,
  broadcastEchoes: true,
});

// Every event that bootbot emits has one of these names.
for (const name of ["authentication", "message", "attachment", "postback", "quick_reply", "delivery", "read", "account_linking", "referral"]) {
  bot.on(name, received);
}

bot.hear("text", (event, chat) => chat.say(is.text));
bot.hear("quick replies", (event, chat) => chat.say({ text: is.question, quickReplies: is.quickReplies }));
bot.hear("template", (event, chat) => chat.sendGenericTemplate([is.card]));
bot.hear("image", (event, chat) => chat.say({ attachment: "image", url: is.image }));
bot.hear("profile", (event, chat) => chat.getUserProfile().then((person) => chat.say(`You are ${person.first_name}`)));
bot.hear("settings", async (event, chat) => {
  await bot.setGreetingText("Welcome");
  await bot.setGetStartedButton(is.getStarted);
  await bot.setPersistentMenu([is.button]);
  await chat.say("The settings are set");
});

bot.start(Number(process.env.PORT));
