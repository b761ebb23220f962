// Package browsertest tries the simulator's chat page in a headless Chromium: what each message of package sending looks like,
// at the width of a phone and of a desktop, in both colour schemes, without a violation of the rules of axe. It is a module of
// its own, so that the library's module graph has no browser driver.
//
// MESSENGER_TEST_BROWSER names the browser; without it the PATH is searched. With MESSENGER_TEST_SHOTS set to a directory,
// pictures of the page are left there. testdata/axe has axe-core 4.14.1, unchanged, with its licence.
package browsertest
