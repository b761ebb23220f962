package receiving_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// TestSources finds each fixture's event where its type says that it comes from.
func TestSources(t *testing.T) {
	t.Parallel()

	for _, typ := range receiving.Types() {
		source := typ.Source()
		if typ == receiving.TypeUnknown || typ == receiving.TypeSignal {
			require.Zero(t, source)
			continue
		}
		name := "events/" + strings.ToLower(string(typ))
		var callback struct {
			Object string `json:"object"`
			Entry  []map[string]json.RawMessage
		}
		require.NoError(t, json.Unmarshal(read(t, name), &callback))
		list, key, _ := strings.Cut(source.Place, "[]")
		key = strings.TrimPrefix(key, ".")
		var elements []map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(callback.Entry[0][list], &elements), "%s is not in %s", name, list)
		switch list {
		case "changes":
			require.Equal(t, strconv.Quote(key), string(elements[0]["field"]), name)
		case "messaging":
			require.Contains(t, elements[0], key, name)
		}
		field := source.Page
		if callback.Object == string(receiving.ObjectInstagram) {
			field = source.Instagram
		}
		require.NotEmpty(t, field, "%s has no subscription", name)
	}
	require.Zero(t, receiving.TypeDefault.Source())
	require.Zero(t, receiving.Type("NONE").Source())
}

//go:generate go test -run ^TestEventsTable$ . -update
var update = flag.Bool("update", false, "write docs/events.md")

const eventsFile = "../docs/events.md"

// TestEventsTable holds docs/events.md true.
func TestEventsTable(t *testing.T) {
	t.Parallel()

	want := eventsTable()
	if *update {
		require.NoError(t, os.WriteFile(eventsFile, []byte(want), 0o644))
	}
	got, err := os.ReadFile(eventsFile)
	require.NoError(t, err)
	require.Equal(t, want, string(got), "run: go generate ./receiving")
}

func eventsTable() string {
	var b strings.Builder
	b.WriteString(`# Events

Every event has one of these types, and a policy selects its routes by it. ` + "`go generate ./receiving`" + ` generates this table.

* **Payload** is the Go type of ` + "`Event.Payload`" + ` in package ` + "`receiving`" + `.
* **In the callback** is the place of the event in an entry of the callback. Events under ` + "`messaging`" + ` come under ` + "`standby`" + ` instead while
  another app controls the conversation, if the page is subscribed to ` + "`standby`" + `; such events are never answered. Hand-overs have a key for
  each kind: ` + "`pass_thread_control`, `take_thread_control`, `request_thread_control` and `app_roles`" + `. The dashboard's test button sends
  every event under ` + "`changes`" + `, and apps with Instagram Login may get a change's field and value in the entry itself; both are read alike.
* **Page** and **Instagram** are the webhook fields to subscribe to. Comments on live videos have a field of their own, ` + "`live_comments`" + `.
* **Act** is something that a person does. An act that names a person can be answered by every route, also one under ` + "`DEFAULT`" + `. All else
  can be answered only by a route under its own type.
* **Answer** lists the ways to answer an event of the type, the default one first: a message to the person, a private reply to whoever wrote
  the comment or post, or a public reply below it ([comments.md](comments.md)). A dash stands for none. The bot's own echoes are never
  answered either, nor is an event that lacks what the answer needs: the person, or the id of the comment or post.

A ` + "`SIGNAL`" + ` is in no callback: the program raises it, now or by a timer.

A message has the type of its first attachment, even if it also has a text, unless the attachment only previews a link in the text.

| Type | Payload | In the callback | Page | Instagram | Act | Answer |
|---|---|---|---|---|---|---|
`)
	for _, typ := range receiving.Types() {
		source, act := typ.Source(), "no"
		if typ.IsAct() {
			act = "yes"
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s | %s | %s | %s |\n",
			typ, payloadName(typ), code(source.Place), code(source.Page), code(source.Instagram), act, answer(typ))
	}
	b.WriteString("\n`DEFAULT` and `TAP` are no types of events. A policy's entry `DEFAULT` is for all events, and `TAP` for all taps: `QUICK_REPLY`, `POSTBACK`,\n" +
		"`PERSISTENT_MENU_ONE` to `PERSISTENT_MENU_FIVE` and `GET_STARTED_BUTTON`. A tap meets the routes under `DEFAULT` first, then those under its\n" +
		"own type, then those under `TAP` ([routing.md](routing.md)).\n")
	b.WriteString(unsentMessages)
	return b.String()
}

func payloadName(typ receiving.Type) string {
	for _, p := range allPayloads {
		if typ.Carries(p) {
			return reflect.TypeOf(p).Elem().Name()
		}
	}
	return ""
}

// answer lists the ways in which a type can be answered.
func answer(typ receiving.Type) string {
	var ways []string
	for _, way := range sending.TypeWays(typ) {
		ways = append(ways, string(way))
	}
	if len(ways) == 0 {
		return "–"
	}
	return strings.Join(ways, ", ")
}

// code returns s as code, and what is not there as a dash.
func code(s string) string {
	if s == "" {
		return "–"
	}
	return "`" + s + "`"
}

// unsentMessages is what docs/events.md says about deletions.
const unsentMessages = "\n" + `## Unsent messages

When a person unsends a message, the platform sends a ` + "`" + `MESSAGE_DELETED` + "`" + ` event with the message id, and requires on Instagram that what was
kept of the message is deleted. The bot does it when it accepts the event, in the transaction before the 200, on both platforms. It erases
every event that has the content of the message: the message itself, its echo, its edits (` + "`" + `MESSAGE_EDIT` + "`" + `), and the postback if the message
was a tap on a button.

* Waiting events are removed. Their handlers do not run, not even if the deletion arrives before the message or its edit does.
* A turn that handles one at that moment has no effect: no write, no answer.
* Dead letters are deleted and cannot be replayed.
* What ` + "`" + `handling.SaveMessage` + "`" + ` (` + "`" + `store.SaveMessage` + "`" + `) and ` + "`" + `handling.Location` + "`" + ` (` + "`" + `store.AddLocation` + "`" + `) kept is deleted.

Handlers get the ` + "`" + `MESSAGE_DELETED` + "`" + ` event itself. Use it to delete what your program keeps: its own tables, sessions, and what it derived from
the text. What the bot sent or queued before stays, with the records of what it sent. Reactions, and messages that reply to the message, have
only its id; they stay too. A deletion is remembered as long as a deduplication key, by default for seven days: an event that the platform
delivers later than that is handled.
`
