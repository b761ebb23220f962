// Package secret holds strings that must not be printed: access tokens, app secrets, verify tokens.
//
// A [Value] renders as "[redacted]" wherever Go renders values: the verbs of fmt at any depth, log/slog, encoding/json and
// every other text encoder. Code that walks a struct by reflection, including unexported fields and pointers, finds a
// function and not the string. [Value.Reveal] is the only way to read the string, so a search for that name lists every
// place where a secret is used.
//
// The string stays in the memory of the process. This package prevents leaks into logs, error texts and reports; it does
// not protect against a reader of the process's memory.
package secret
