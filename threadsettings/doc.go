// Package threadsettings describes, as data, what surrounds the messages of a conversation: the greeting, the
// get-started button, the ice breakers and the persistent menu. The platform calls this the Messenger Profile of a page. See
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/messenger-profile.
//
// [Settings] are the wanted state. [Apply] reads the page's state and posts only the differences, in the order that the
// platform requires; [NewPlan] shows the differences without applying them; [Delete] removes properties. Properties that the
// settings do not mention do not change. [Settings.Localize] translates all texts by the catalogues of the bot.
//
// The platform allows 10 calls of the Messenger Profile API in 10 minutes for each page. Apply makes at most 4, of which
// only one if nothing differs; Delete makes one for each property.
package threadsettings
