// Package extract finds the texts that Go code says in people's languages: the message ids that reach i18n.Localizer.Text,
// Fill or Lookup, or become an i18n.Key.
//
// There is no list of functions and fields to keep. Load reads the packages of a program, with those that it imports and
// that import package i18n, this library's among them, and follows each message id back to where it comes from: through
// parameters, results, fields, variables, slices, maps and channels, into the constants of the program. So a field of a
// sender, the title of a button, the prompt of a dialog and the parameter of a function of the program's own are found in
// the same way. What is no constant is listed with its place, as an [Unknown].
//
// The code is read, not run. It has to compile, by the go command of the machine.
package extract
