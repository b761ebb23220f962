// Package threadsettings keeps what a conversation looks like before and around its messages, as data: the greeting, the
// get-started button, the ice breakers and the persistent menu. The platform calls this the Messenger Profile of a page. See
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/messenger-profile.
//
// [Settings] say what is wanted. [Apply] reads what a page has and posts only what differs, in the order that the platform
// demands; [NewPlan] shows the same without doing it; [Delete] removes. A property that the settings do not mention is left
// as it is. [Settings.Localize] translates all texts by the catalogues of the bot.
//
// The platform allows 10 calls of the Messenger Profile API in 10 minutes for each page. Apply makes at most 4, of which
// only one if nothing differs; Delete makes one for each property.
package threadsettings
