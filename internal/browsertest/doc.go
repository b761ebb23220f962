// Package browsertest drives pages of this project in a headless Chromium. Its packages are tests: chatpage tries the simulator's chat
// page, quickstart uses the program of examples/quickstart as a newcomer does. It is a module of its own, so that the library's module
// graph has no browser driver; internal/webbrowser runs its tests with those of the library.
//
// The tests of a package share one browser. Each page is a tab with storage of its own, as in a private window.
//
// MESSENGER_TEST_BROWSER names the browser; without it the PATH is searched. With MESSENGER_TEST_SHOTS set to a directory,
// screenshots are saved there. The folder axe has axe-core 4.14.1, unchanged, with its licences.
package browsertest
