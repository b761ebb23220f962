// A bot on bottender: it answers each word that it knows with a message of that kind.
"use strict";
const { received } = require("../report.cjs");
const is = require("../../samples.cjs");

const camel = (text) => text.replace(/_([a-z])/g, (_, c) => c.toUpperCase());
const shaped = (object) => Object.fromEntries(Object.entries(object).map(([name, value]) => [camel(name), value]));

const answers = {
  text: (context) => context.sendText(is.text),
  "quick replies": (context) => context.sendText(is.question, { quickReplies: is.quickReplies.map(shaped) }),
  template: (context) => context.sendGenericTemplate([shaped(is.card)]),
  image: (context) => context.sendImage(is.image),
  profile: async (context) => context.sendText(`You are ${(await context.getUserProfile()).firstName}`),
  settings: async (context) => {
    await context.client.setMessengerProfile({
      greeting: is.greeting,
      getStarted: { payload: is.getStarted },
      persistentMenu: is.menu.map((menu) => ({ locale: menu.locale, composerInputDisabled: false, callToActions: menu.call_to_actions })),
    });
    await context.sendText("The settings are set");
  },
};

module.exports = async function app(context) {
  received(context.event.rawEvent);
  await answers[context.event.text]?.(context);
};
