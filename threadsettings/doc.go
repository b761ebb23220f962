// Package threadsettings describes, as data, what surrounds the messages of a conversation: the greeting, the get-started
// button, the ice breakers, the persistent menu, the commands, the whitelisted domains and the page for account linking. The
// platform calls this the Messenger Profile of a page. See
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/messenger-profile.
//
// [Settings] are the wanted state. [Apply] reads the page's state and changes only what differs, in the order that the
// platform requires; [ReadPlan] shows the differences without applying them; [Delete] removes properties; [Read] returns what
// a page has. Properties that the settings do not mention do not change. [Settings.Localize] translates all texts by the
// catalogues of the bot. A person can have a menu of their own: [ApplyPersonMenu].
//
// A bot applies Config.ThreadSettings of package messenger by itself. Package settingsfile reads and writes settings as YAML
// and JSON, and the command "messenger profile" plans, applies, deletes and pulls them. docs/thread-settings.md is the guide.
//
// The platform allows 10 calls of the Messenger Profile API in 10 minutes for each page. Apply and Delete make at most 9: one
// or two to read, and one for each property that differs.
//
// Lengths are in characters (Unicode code points). All functions are safe for concurrent use.
package threadsettings
