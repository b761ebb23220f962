package scenario_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/simulator/scenario"
)

const ada = "7100000000000001"

// recorded has Ada talk with the bot, and writes the transcript to a file.
func recorded(t *testing.T, p *platform) string {
	t.Helper()
	ctx := t.Context()
	waitFor := func(n int) {
		seen := 0
		_, err := p.Wait(ctx, ada, func(simulator.Message) bool { seen++; return seen == n })
		require.NoError(t, err)
	}
	do := func(mid string, err error) string {
		require.NoError(t, err)
		return mid
	}
	do(p.GetStarted(ctx, ada))
	waitFor(1)
	said := do(p.Say(ctx, ada, "no"))
	waitFor(2)
	do(p.TapQuickReply(ctx, ada, "Red"))
	waitFor(3)
	do(p.Say(ctx, ada, "cards"))
	waitFor(4)
	do(p.TapButtonPayload(ctx, ada, "BUY2"))
	waitFor(5)
	require.NoError(t, p.React(ctx, ada, said, "😀"))
	waitFor(6)
	do(p.Reply(ctx, ada, said, "order"))
	waitFor(7)
	require.NoError(t, p.FollowLink(ctx, ada, "spring"))
	waitFor(8)
	do(p.TapMenu(ctx, ada, "Help"))
	waitFor(9)
	do(p.SendLocation(ctx, ada, 0, 0, "here"))
	require.NoError(t, p.Block(ada))
	require.NoError(t, p.Unblock(ada))
	do(p.Say(ctx, ada, `{{a}} "b": #c`))
	waitFor(10)
	require.NoError(t, p.Flush(ctx))
	return written(t, p)
}

// written is a file with the transcript of Ada.
func written(t *testing.T, p *platform) string {
	t.Helper()
	transcript, err := p.Transcript(ada)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "shop.json")
	require.NoError(t, os.WriteFile(file, transcript.Encode(), 0o600))
	return file
}

// replayed plays a file with a transcript.
func replayed(t *testing.T, p *platform, file string, config scenario.Config) scenario.Result {
	t.Helper()
	all, err := scenario.ReadFile(file)
	require.NoError(t, err)
	require.Len(t, all, 1)
	config.Simulator = p
	results, err := scenario.Play(t.Context(), config, all)
	require.NoError(t, err)
	return results[0]
}

// TestATranscriptPlaysAgain, for a person whom the bot has not met, also strictly, and an update changes nothing.
func TestATranscriptPlaysAgain(t *testing.T) {
	t.Parallel()
	p := start(t, simulator.Config{Seed: 3})
	file := recorded(t, p)
	before, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, config := range []scenario.Config{{}, {Strict: true}, {Update: true}} {
		r := replayed(t, p, file, config)
		require.True(t, r.Passed(), r.Explanation())
		require.False(t, r.Updated)
	}
	after, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(before), string(after))
	people := p.People()
	require.NotEqual(t, ada, people[len(people)-1].ID, "she is new to the bot")
}

// TestATranscriptBecomesAScenario that passes at once.
func TestATranscriptBecomesAScenario(t *testing.T) {
	t.Parallel()
	p := start(t, simulator.Config{Seed: 3})
	recorded(t, p)
	transcript, err := p.Transcript(ada)
	require.NoError(t, err)
	text := transcript.Scenario()
	p.passes(t, text)
	for _, want := range []string{
		"  - ada gets started:\n  - ada sees: \"Hello, Ada!\"\n", "  - ada says: \"no\"\n    keep: message_3\n", "      quick_replies: [Red, Blue]\n", "  - ada taps: Red\n",
		"      cards: [One, Two]\n", "  - ada taps: {payload: BUY2}\n", "  - ada reacts: {emoji: \"😀\", to: \"{{message_3}}\"}\n", "      template: receipt\n",
		"  - ada opens link: spring\n", "  - ada taps: Help\n", "  - ada blocks:\n", "vars:\n  text_1: \"{{a}}\"\n", `  - ada says: "{{text_1}} \"b\": #c"`, "  - ada sees nothing: 500ms\n",
	} {
		require.Contains(t, text, want)
	}
}

// TestADifferenceInColumns has what was recorded beside what is said now, and the place in the file.
func TestADifferenceInColumns(t *testing.T) {
	t.Parallel()
	p := start(t, simulator.Config{Seed: 3})
	for _, text := range []string{"one", "two"} {
		_, err := p.Say(t.Context(), ada, text)
		require.NoError(t, err)
		_, err = p.Wait(t.Context(), ada, func(m simulator.Message) bool { return m.Text == "you said "+text })
		require.NoError(t, err)
	}
	file := written(t, p)
	p.bot.set(0, func(_, text, _ string) []string {
		return []string{fmt.Sprintf(`{"text":%q}`, strings.Replace("you said "+text, "said two", "wrote two", 1))}
	})
	r := replayed(t, p, file, scenario.Config{})
	require.False(t, r.Passed())
	require.Equal(t, "replay", r.Failure.Verb)
	require.Equal(t, `  recorded             now
  Ada   one            Ada   one
  Page  you said one   Page  you said one
  Ada   two            Ada   two
> Page  you said two   Page  you wrote two
entries[3].call.message.text   recorded "you said two"   now "you wrote two"`, strings.Join(r.Failure.Differences, "\n"))
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, strings.Split(string(data), "\n")[r.Failure.Line], `"call"`, "the line is that of the entry")

	var report bytes.Buffer
	require.NoError(t, scenario.WriteJUnit(&report, time.Unix(0, 0), []scenario.Result{r}))
	require.Contains(t, report.String(), "entries[3].call.message.text   recorded &#34;you said two&#34;   now &#34;you wrote two&#34;\">",
		"a report in one line has the difference, not the head of the columns")
}

// TestWhatPeopleSee: payloads and typing are compared if it is strict alone, and what is ignored is not.
func TestWhatPeopleSee(t *testing.T) {
	t.Parallel()
	p := start(t, simulator.Config{Seed: 3})
	var turn atomic.Int64
	p.bot.set(0, func(from, _, _ string) []string {
		n := turn.Add(1)
		if n > 1 {
			p.bot.call("messages", `{"recipient":{"id":"`+from+`"},"sender_action":"typing_on"}`)
		}
		return []string{fmt.Sprintf(`{"text":"Order %d","quick_replies":[{"content_type":"text","title":"Pay","payload":"PAY-%d"}]}`, 4710+n, n)}
	})
	_, err := p.Say(t.Context(), ada, "order")
	require.NoError(t, err)
	_, err = p.Wait(t.Context(), ada, nil)
	require.NoError(t, err)
	file := written(t, p)
	require.Contains(t, replayed(t, p, file, scenario.Config{}).Explanation(), `recorded "Order 4711"   now "Order 4712"`)
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	patched := strings.Replace(string(data), `"entries"`, `"ignore": ["[0-9]{4}"], "entries"`, 1)
	require.NoError(t, os.WriteFile(file, []byte(patched), 0o600))
	r := replayed(t, p, file, scenario.Config{})
	require.True(t, r.Passed(), r.Explanation())
	r = replayed(t, p, file, scenario.Config{Strict: true})
	require.Contains(t, r.Explanation(), "(typing_on)")
	require.Contains(t, r.Explanation(), `entries[1].call`)
	r = replayed(t, p, file, scenario.Config{Update: true})
	require.True(t, r.Updated, r.Explanation())
	data, err = os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(data), `"typing_on"`)
	require.Contains(t, string(data), `"[0-9]{4}"`, "what is ignored stays")
	require.Contains(t, string(data), `"text": "Order 4715"`)
}

// TestBotsThatFailAReplay: one that is silent, refuses, says too much, offers nothing, hangs, or dies in the middle. The report says so,
// ends in time, and an update leaves the file as it was.
func TestBotsThatFailAReplay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers func(from, text, payload string) []string
		status  int
		want    string
		update  string // empty: an update writes
	}{
		"silent":  {func(string, string, string) []string { return nil }, 0, "nothing more came within 300ms", `no quick reply "Red"`},
		"refuses": {nil, 500, "the bot answered 500", "the bot did not take a callback"},
		"too much": {func(_, text, _ string) []string {
			return []string{`{"text":"Which?","quick_replies":[{"content_type":"text","title":"Red","payload":"RED"}]}`, `{"text":"more of it","quick_replies":[{"content_type":"text","title":"Red","payload":"RED"}]}`}
		}, 0, "Page  more of it", ""},
		"offers nothing": {func(string, string, string) []string { return []string{`{"text":"Which?"}`} }, 0, `no quick reply "Red"`, `no quick reply "Red"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := start(t, simulator.Config{RetryPauses: []time.Duration{}})
			p.bot.set(0, func(_, _, payload string) []string {
				if payload == "RED" {
					return []string{`{"text":"Red."}`}
				}
				return []string{`{"text":"Which?","quick_replies":[{"content_type":"text","title":"Red","payload":"RED"}]}`}
			})
			_, err := p.Say(t.Context(), ada, "hi")
			require.NoError(t, err)
			_, err = p.Wait(t.Context(), ada, nil)
			require.NoError(t, err)
			_, err = p.TapQuickReply(t.Context(), ada, "Red")
			require.NoError(t, err)
			_, err = p.Wait(t.Context(), ada, func(m simulator.Message) bool { return m.Text == "Red." })
			require.NoError(t, err)
			require.NoError(t, p.Flush(t.Context()))
			p.bot.work.Wait()
			file := written(t, p)
			before, err := os.ReadFile(file)
			require.NoError(t, err)
			p.bot.set(c.status, c.answers)
			r := replayed(t, p, file, scenario.Config{Patience: 300 * time.Millisecond})
			require.Contains(t, r.Explanation(), c.want)
			r = replayed(t, p, file, scenario.Config{Patience: 300 * time.Millisecond, Update: true})
			after, err := os.ReadFile(file)
			require.NoError(t, err)
			if c.update == "" {
				require.True(t, r.Updated, r.Explanation())
				return
			}
			require.Contains(t, r.Explanation(), c.update)
			require.Contains(t, r.Explanation(), "the file is as it was")
			require.Equal(t, string(before), string(after))
		})
	}
}

// TestBotsThatHangOrFlood: a replay ends in time, and tells a flood in few lines.
func TestBotsThatHangOrFlood(t *testing.T) {
	t.Parallel()
	p := start(t, simulator.Config{RetryPauses: []time.Duration{}})
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	_, err = p.Wait(t.Context(), ada, nil)
	require.NoError(t, err)
	require.NoError(t, p.Flush(t.Context()))
	p.bot.work.Wait()
	file := written(t, p)
	p.bot.set(0, func(_, _, _ string) []string {
		return strings.Split(strings.Repeat(`{"text":"you said hi"};`, 400)+`{"text":"end"}`, ";")
	})
	r := replayed(t, p, file, scenario.Config{})
	require.Contains(t, r.Explanation(), "a call more   recorded nothing   now {")
	require.Less(t, len(r.Explanation()), 4000)
	p.bot.work.Wait()

	hold := make(chan struct{})
	hangs := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hold }))
	t.Cleanup(hangs.Close)
	t.Cleanup(func() { close(hold) })
	require.NoError(t, p.SetWebhook(hangs.URL))
	r = replayed(t, p, file, scenario.Config{Patience: 300 * time.Millisecond})
	require.Contains(t, r.Explanation(), "nothing more came within 300ms")
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	silent := data[:bytes.Index(data, []byte(`"call"`))-len("{ ")]
	silent = append(bytes.TrimRight(silent, " \n{,"), "]}"...)
	require.NoError(t, os.WriteFile(file, silent, 0o600))
	r = replayed(t, p, file, scenario.Config{Patience: 300 * time.Millisecond})
	require.Contains(t, r.Explanation(), "ada cannot do what was recorded\n      the bot did not answer its callbacks within 300ms")
}

// lateAnswer lets the bot answer once the replay has ended, before it reads what was said.
type lateAnswer struct {
	*platform

	answer chan struct{} // closed: the bot answers
	once   sync.Once
}

func (l *lateAnswer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/transcript") {
		l.once.Do(func() { close(l.answer) })
		l.bot.work.Wait()
	}
	l.platform.ServeHTTP(w, r)
}

// TestAnAnswerThatComesTooLate fails a replay, though nothing differs in the end: what comes after it was not done.
func TestAnAnswerThatComesTooLate(t *testing.T) {
	t.Parallel()
	p := start(t, simulator.Config{RetryPauses: []time.Duration{}})
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	_, err = p.Wait(t.Context(), ada, nil)
	require.NoError(t, err)
	_, err = p.Say(t.Context(), ada, "thanks")
	require.NoError(t, err)
	require.NoError(t, p.Flush(t.Context()))
	file := written(t, p)
	late := &lateAnswer{platform: p, answer: make(chan struct{})}
	p.bot.set(0, func(_, text, _ string) []string {
		<-late.answer
		return []string{`{"text":"you said ` + text + `"}`}
	})
	all, err := scenario.ReadFile(file)
	require.NoError(t, err)
	results, err := scenario.Play(t.Context(), scenario.Config{Simulator: late, Patience: 50 * time.Millisecond}, all)
	require.NoError(t, err)
	require.False(t, results[0].Passed(), "the person has not written the last message")
	require.Contains(t, results[0].Explanation(), "ada cannot do what was recorded\n      nothing more came within 50ms")
}

// mortal is a bot that ends in the middle of a conversation, as a process that is killed.
type mortal struct {
	server *httptest.Server
	left   atomic.Int64 // callbacks until it dies
}

// TestABotThatDiesInTheMiddle of a scenario, and of a replay: the report says that nothing listens there, within the patience of the step.
func TestABotThatDiesInTheMiddle(t *testing.T) {
	t.Parallel()
	for _, form := range []string{"scenario", "transcript"} {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			p := start(t, simulator.Config{RetryPauses: []time.Duration{}})
			m := &mortal{}
			m.left.Store(1)
			m.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if m.left.Add(-1) < 0 {
					_ = m.server.Listener.Close()
					panic(http.ErrAbortHandler) // the connection ends without an answer
				}
				p.bot.ServeHTTP(w, r)
			}))
			t.Cleanup(m.server.Close)
			file := filepath.Join(t.TempDir(), "bot.yaml")
			text := "patience: 500ms\nsteps: [ada says: one, ada sees: you said one, ada says: two, ada sees: you said two, ada says: three, ada sees: you said three]"
			if form == "transcript" {
				for _, said := range []string{"one", "two", "three"} {
					_, err := p.Say(t.Context(), ada, said)
					require.NoError(t, err)
					_, err = p.Wait(t.Context(), ada, func(m simulator.Message) bool { return m.Text == "you said "+said })
					require.NoError(t, err)
				}
				file = written(t, p)
			} else {
				require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
			}
			require.NoError(t, p.SetWebhook(m.server.URL))
			r := replayed(t, p, file, scenario.Config{Patience: 500 * time.Millisecond})
			require.NotNil(t, r.Failure, r.Explanation())
			got := r.Explanation()
			require.Contains(t, got, "came within 500ms")
			require.Contains(t, got, "callback messages: ", got)
			require.Contains(t, got, "Page  you said one", "what was said before is shown")
			require.NotContains(t, strings.ReplaceAll(got, "Page  you said three", ""), "Ada   three   Ada", "it goes no further")
			_, err := p.Say(t.Context(), ada, "gone")
			require.NoError(t, err)
			require.NoError(t, p.Flush(t.Context()))
			deliveries := p.Deliveries()
			require.Contains(t, deliveries[len(deliveries)-1].Attempts[0].Advice, "Nothing listens on")
		})
	}
}

// TestBrokenTranscripts: each mistake has its line, and the nearest name that there is.
func TestBrokenTranscripts(t *testing.T) {
	t.Parallel()
	head := "{\n\"transcript\": 1,\n\"person\": {\"first_name\": \"Ada\"},\n\"entries\": "
	for text, want := range map[string]string{
		`{"transcript": 2}`:                               "shop.json:1: is a transcript of the version 2, and this program reads 1",
		`{"transcript": "x"}`:                             `shop.json:1: is a transcript of the version "x"`,
		"{\n\"transcript\": 1":                            "shop.json:2: is not valid JSON: it ends in the middle",
		"{\"transcript\": 1,\n}":                          "shop.json:2: is not valid JSON: ",
		head + "[]}\n{}":                                  "shop.json:5: has more after the transcript",
		`{"person":{}, "transcript": 1, "entries": []}`:   "shop.json:1: the person has no first_name",
		`{"transcript": 1, "persons": {}, "entries": []}`: `shop.json:1: a transcript has no "persons"; the nearest is person`,
		head + "{}}":                                      "shop.json:1: a transcript has entries, a list",
		head + "[\n1]}":                                   "shop.json:5: an entry is an object, not a number",
		head + "[\n{\"akt\": {}}]}":                       `shop.json:5: an entry has no "akt"; the nearest is act`,
		head + "[\n{\"act\": {\"type\": \"say\"}, \"call\": {}}]}":                           "shop.json:5: an entry has one of act, posted, blocked and call",
		head + "[\n{\"act\": \"say\"}]}":                                                     "shop.json:5: act is an object, not a text",
		head + "[\n{\"call\": []}]}":                                                         "shop.json:5: call is an object, not a list",
		head + "[\n{\"act\": {\"type\": \"sayy\"}}]}":                                        `shop.json:5: there is no act of the type "sayy"; the nearest is say`,
		head + "[\n{\"act\": {\"type\": \"say\", \"txt\": \"\"}}]}":                          `shop.json:5: an act has no "txt"; the nearest is text`,
		head + "[\n{\"act\": {\"type\": \"say\",\n\"text\": 5}}]}":                           "shop.json:6: entries.act.text cannot be a JSON number",
		head + "[\n{\"act\": {\"type\": \"react\", \"mid\": \"{{message 9}}\"}}]}":           "shop.json:5: no earlier entry makes the message {{message 9}}",
		head + "[\n{\"posted\": \"event\"}]}":                                                "shop.json:5: posted is event or standby, beside the event",
		head + "[],\n\"ignore\": [\"(\"]}":                                                   "shop.json:5: ignore has regular expressions as RE2 has them",
		head + "[],\n\"ignore\": \"x\"}":                                                     "shop.json:5: ignore is a list of regular expressions, not a text",
		head + "[],\n\"entries\": []}":                                                       `shop.json:5: has "entries" twice`,
		head + "[" + strings.Repeat(`{"call":`, 100) + "1" + strings.Repeat("}", 100) + "]}": "has more than 64 levels within each other",
		head + strings.Repeat("[", 100_000):                                                  "has more than 64 levels within each other",
		head + "[" + strings.Repeat("{},", 10_000) + "{}]}":                                  "has more than 10000 entries",
		head + "[]," + strings.Repeat(" ", 17<<20) + "}":                                     "shop.json: is larger than 16 MiB",
	} {
		_, err := scenario.Read("shop.json", []byte(text))
		require.ErrorContains(t, err, want, text[:min(len(text), 200)])
		require.Less(t, len(err.Error()), 20_000)
	}
	all, err := scenario.Read("dir/shop.json", []byte("\uFEFF"+head+"[]}"))
	require.NoError(t, err)
	require.Equal(t, "shop", all[0].Name)
}

// TestAPlainEntryHasEveryField: a field that is new in the simulator is one of a file.
func TestAPlainEntryHasEveryField(t *testing.T) {
	t.Parallel()
	var entry simulator.TranscriptEntry
	require.Equal(t, 7, reflect.TypeOf(entry).NumField(), "read what is new in transcript.go, and play it in replay.go")
	require.NoError(t, json.Unmarshal([]byte(`{"act":{"type":"say"}}`), &entry))
}

func FuzzReadTranscript(f *testing.F) {
	for _, seed := range []string{
		`{"transcript":1,"person":{"first_name":"Ada"},"entries":[{"act":{"type":"say","text":"hi"}},{"call":{"message":{"text":"ho"}}}]}`,
		`{"transcript":1,"person":{"first_name":"A"},"ignore":["."],"entries":[{"posted":"event","event":{}},{"blocked":true}]}`, `{"transcript":`, `{"a":[[[`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		all, err := scenario.Read("shop.json", data)
		if err == nil {
			require.NotEmpty(t, all)
		}
	})
}
