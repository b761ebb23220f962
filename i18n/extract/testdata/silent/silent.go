// Package silent says nothing.
package silent

// Text is a text of nothing.
const Text = "nothing"
