// Package webbrowser runs the tests of internal/browsertest, a module of its own, together with those of the library. It finds the
// browser for both.
package webbrowser
