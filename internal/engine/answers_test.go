package engine_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// answerable is what keeps two of the fixtures from being answered, and what stands in its place
// here.
var answerable = map[receiving.Type]map[string]string{
	receiving.TypeEcho:                   {`"metadata": "djm1:`: `"metadata": "of a human:`},           // the bot's own
	receiving.TypeMarketingMessageFailed: {`"business_id":`: `"recipient_id": "7100", "business_id":`}, // has no person
}

// TestHowEveryTypeIsAnswered goes through all receiving types and compares what Validate, Explain
// and docs/events.md say about answers with what the bot does in a turn.
func TestHowEveryTypeIsAnswered(t *testing.T) {
	t.Parallel()
	documented := answersInDocs(t)
	require.Len(t, documented, len(receiving.Types()))
	for _, typ := range receiving.Types() {
		t.Run(string(typ), func(t *testing.T) {
			t.Parallel()
			ways := sending.TypeWays(typ)
			require.Equal(t, documented[typ], ways, "docs/events.md")

			by := func(sender sending.Sender) error {
				return routing.Policy{typ: {{Handler: handling.Dummy{}, Senders: sending.List(sender)}}}.Validate()
			}
			require.Equal(t, len(ways) > 0, by(sending.Text("a")) == nil, "Validate, of a message: %v", by(sending.Text("a")))
			require.Equal(t, slices.Contains(ways, sending.ByPublicReply), by(sending.Publicly(sending.SimpleMessage{Text: "a"})) == nil, "Validate, of a public reply")
			require.Equal(t, slices.Contains(ways, sending.ByPublicReply), by(sending.Text("a").Publicly()) == nil, "Validate, of a public message")
			require.Equal(t, slices.Contains(ways, sending.ByMessage), by(sending.SenderAction{Action: sending.TypingOn}) == nil, "Validate, of a sender action")
			require.Equal(t, slices.Contains(ways, sending.ByMessage), by(sending.Typing{Senders: sending.List(sending.Text("a"))}) == nil, "Validate, of Typing")

			if typ == receiving.TypeSignal {
				return // the platform sends none
			}
			body, err := os.ReadFile(filepath.Join("..", "..", "receiving", "testdata", "events", strings.ToLower(string(typ))+".json"))
			require.NoError(t, err)
			for old, without := range answerable[typ] {
				require.Contains(t, string(body), old)
				body = []byte(strings.Replace(string(body), old, without, 1))
			}
			callback, err := receiving.Split(body)
			require.NoError(t, err)
			ev, _ := callback.Envelopes[0].Event()
			require.Equal(t, typ, ev.Type)

			entries := []receiving.Type{typ, receiving.TypeDefault}
			if typ.IsTap() {
				entries = append(entries, receiving.TypeTap)
			}
			for _, under := range entries {
				explained := routing.Explain(t.Context(), routing.Policy{under: {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("a"))}}}, ev)
				require.Len(t, explained, 1)
				want := ways
				if under == receiving.TypeDefault && (!ev.IsAct() || !slices.Contains(ways, sending.ByMessage)) {
					want = nil
				}
				require.Equal(t, want, explained[0].Ways, "Explain, of a route under %s", under)
				require.Equal(t, len(want) > 0, explained[0].Answers, "Explain, of a route under %s", under)

				var plain, public error
				policy := routing.Policy{under: {route("answer", func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
					plain = reply.Reply(ctx, sending.Text("plain"))
					public = reply.Reply(ctx, sending.Text("public").Publicly())
					return nil
				})}}
				platform := &bubble.Taker{}
				cfg := config{Policy: policy, HTTPClient: &http.Client{Transport: platform}}
				inBubble(t, simulator.Config{}, cfg, func(w *world) {
					require.Equal(t, 200, w.Posts(string(body)).Code)
					after(time.Second)
				})
				var did []sending.Way
				if len(want) > 0 {
					did = append(did, want[0])
				}
				if slices.Contains(want, sending.ByPublicReply) {
					did = append(did, sending.ByPublicReply)
				}
				require.Equal(t, did, platform.Taken(), "a turn, of a route under %s", under)
				require.Equal(t, len(want) > 0, plain == nil, "a plain answer: %v", plain)
				require.Equal(t, slices.Contains(want, sending.ByPublicReply), public == nil, "a public answer: %v", public)
				for _, err := range []error{plain, public} {
					require.True(t, err == nil || errors.Is(err, sending.ErrNotAnswerable))
				}

				if len(want) == 0 {
					continue // a policy with senders is refused, or they stay silent
				}
				cfg.Policy = routing.Policy{under: {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("sender"))}}}
				inBubble(t, simulator.Config{}, cfg, func(w *world) {
					require.Equal(t, 200, w.Posts(string(body)).Code)
					after(time.Second)
				})
				require.Equal(t, want[:1], platform.Taken(), "a sender under %s", under)
			}
		})
	}
}

// answersInDocs reads the column "Answer" of docs/events.md.
func answersInDocs(t *testing.T) map[receiving.Type][]sending.Way {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "events.md"))
	require.NoError(t, err)
	answers := map[receiving.Type][]sending.Way{}
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		var ways []sending.Way
		if last := strings.TrimSuffix(cells[len(cells)-1], " |"); last != "–" {
			for way := range strings.SplitSeq(last, ", ") {
				ways = append(ways, sending.Way(way))
			}
		}
		answers[receiving.Type(strings.Trim(cells[0], "|` "))] = ways
	}
	return answers
}

// TestCommentsThatCannotBeAnswered: what a comment lacks, or a live video does not take, is refused
// in the turn.
func TestCommentsThatCannotBeAnswered(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		object, change string
		private        bool
		public         bool
	}{
		"a comment":               {"page", `{"field":"feed","value":{"item":"comment","verb":"add","from":{"id":"7"},"comment_id":"1_2","post_id":"9_1"}}`, true, true},
		"a comment without an id": {"page", `{"field":"feed","value":{"item":"comment","verb":"add","from":{"id":"7"},"post_id":"9_1"}}`, false, false},
		"a post without an id":    {"page", `{"field":"feed","value":{"item":"post","verb":"add","from":{"id":"7"}}}`, false, false},
		"the page's own comment":  {"page", `{"field":"feed","value":{"item":"comment","verb":"add","from":{"id":"` + pageID + `"},"comment_id":"1_2"}}`, false, false},
		"an Instagram comment":    {"instagram", `{"field":"comments","value":{"id":"17","text":"hi","from":{"id":"7"}}}`, true, true},
		"a live comment":          {"instagram", `{"field":"live_comments","value":{"id":"17","text":"hi","from":{"id":"7"}}}`, true, false},
		"the account's own":       {"instagram", `{"field":"comments","value":{"id":"17","text":"hi","from":{"id":"` + pageID + `"}}}`, false, false},
		"a mention":               {"instagram", `{"field":"mentions","value":{"media_id":"18","comment_id":"17"}}`, false, true},
		"a mention of the page":   {"page", `{"field":"mention","value":{"item":"comment","verb":"add","sender_id":"7","comment_id":"1_2","post_id":"9_1"}}`, false, true},
		"by who is not named":     {"page", `{"field":"mention","value":{"item":"comment","verb":"add","comment_id":"1_2","post_id":"9_1"}}`, false, true},
		"in a post":               {"page", `{"field":"mention","value":{"item":"post","verb":"add","sender_id":"7","post_id":"9_1"}}`, false, true},
		"in no comment":           {"page", `{"field":"mention","value":{"item":"comment","verb":"add","sender_id":"7","post_id":"9_1"}}`, false, false},
		"in the page's own words": {"page", `{"field":"mention","value":{"item":"comment","verb":"add","sender_id":"` + pageID + `","comment_id":"1_2","post_id":"9_1"}}`, false, false},
		"that was removed":        {"page", `{"field":"mention","value":{"item":"comment","verb":"remove","sender_id":"7","comment_id":"1_2","post_id":"9_1"}}`, false, false},
		"that was edited":         {"page", `{"field":"mention","value":{"item":"comment","verb":"edited","sender_id":"7","comment_id":"1_2","post_id":"9_1"}}`, false, false},
		"a mention of no media":   {"instagram", `{"field":"mentions","value":{"comment_id":"17"}}`, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			platform := &bubble.Taker{}
			answer := route("", func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
				err := reply.Reply(ctx, sending.Text("plain"))
				return errors.Join(err, reply.Reply(ctx, sending.Text("public").Publicly()))
			})
			policy := routing.Policy{}
			for _, typ := range receiving.Types() {
				policy[typ] = []routing.Route{answer}
			}
			cfg := config{Policy: policy, HTTPClient: &http.Client{Transport: platform}}
			inBubble(t, simulator.Config{}, cfg, func(w *world) {
				require.Equal(t, 200, w.Posts(`{"object":"`+c.object+`","entry":[{"id":"`+pageID+`","time":1764000000,"changes":[`+c.change+`]}]}`).Code)
				after(time.Second)
				require.Empty(t, w.Letters(), "a refused answer is no failure of the turn")
			})
			var want []sending.Way
			if c.private {
				want = append(want, sending.ByPrivateReply)
			} else if c.public {
				want = append(want, sending.ByPublicReply)
			}
			if c.public {
				want = append(want, sending.ByPublicReply)
			}
			require.Equal(t, want, platform.Taken())
		})
	}
}
