// Package scenario plays conversations with a bot that a file describes: who says and taps what, and what they see. A bot in any language
// is tested by it, against a running simulator or one in this process:
//
//	scenario: Greeting and a choice
//	steps:
//	  - ada says: hi
//	  - ada sees: Hello, Ada!
//	  - ada taps: Red
//	  - ada sees: {contains: red}
//
// A conversation that was recorded (simulator.Transcript) is played again in the same way, and compared.
//
// [ReadFile] reads the scenarios of a file, or a transcript, and [Play] plays them; package
// scenariotest does both in a Go test, and the command messenger simulate --scenario in CI. docs/scenarios.md has all verbs and the rules by which
// messages are compared, and docs/transcripts.md is the guide to transcripts.
package scenario
