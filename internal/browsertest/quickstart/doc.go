// Package quickstart uses examples/quickstart as a newcomer does: it starts the program, opens its chat page in a browser, writes and
// taps. It imports nothing of the library: what it tests is the program.
package quickstart
