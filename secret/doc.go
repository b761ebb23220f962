// Package secret holds strings that must not be printed: access tokens, app secrets, verify tokens.
//
// A [Value] renders as "[redacted]" wherever Go renders values: the verbs of fmt at any depth, log/slog, encoding/json and
// every other encoder of text. Dumpers that walk a struct by reflection, unexported fields and pointers included, meet a
// function and stop there. The only way to the string is [Value.Reveal], so a search for that name lists every place where a
// secret leaves its box.
//
// The text stays in the memory of the process: this package guards against a leak into a log, an error text or a
// report, not against a reader of the process's memory.
package secret
