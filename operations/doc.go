// Package operations is a JSON API over HTTP for the people who run a bot: what waits and why, dead letters, one
// person's conversation, messages to a person, timers and dialogs, broadcasts, export and forget.
//
//	api, err := operations.Handler(bot, operations.Config{Prefix: "/operations", Tokens: []secret.Value{token}})
//	…
//	mux.Handle("/operations/", api)
//
// The file openapi.yaml, which the API serves at /openapi.yaml, describes every route, and docs/operations.md is the guide.
// Everything is behind a bearer token or Config.Authorize, and refused to pages of other origins. Answers have texts and
// ids of people, and no tokens or secrets of the bot. Lists are paged: give the next of a page as the parameter after. A refusal is
//
//	{"error": "what is wrong, and what to do", "code": "for programs", "request_id": "also in the log"}
//
// A change needs Content-Type: application/json. Each is logged with its request id, which the answer's header X-Request-ID
// has too; a caller may choose it.
package operations
