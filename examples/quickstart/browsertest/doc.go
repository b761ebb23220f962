// Package browsertest uses the quickstart as a newcomer does: it starts the
// program, opens its chat page in a headless Chromium, writes and taps. It is a
// module of its own, so that the library's module graph has no browser driver, and
// it imports nothing of the library: what it tests is the program.
//
// MESSENGER_TEST_BROWSER names the browser; without it the PATH is searched. With
// MESSENGER_TEST_SHOTS set to a directory, pictures of the page are left there.
package browsertest
