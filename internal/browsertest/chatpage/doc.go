// Package chatpage tries the simulator's chat page in a browser: what each message of package sending looks like, what a person can do,
// what the bot's author finds in the tools, and what happens when a bot is hostile or away.
package chatpage
