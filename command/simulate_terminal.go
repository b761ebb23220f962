package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/djmessenger/messenger/simulator"
)

// terminal shows a simulation. Its methods are safe for concurrent use.
type terminal struct {
	text    bool          // --log text
	json    *json.Encoder // --log json
	silence time.Duration // after which a bot that sends nothing gets a warning; 0: never
	quiet   bool          // nothing but warnings is shown

	mu        sync.Mutex
	to        io.Writer
	notes     io.Writer // what is no result
	callbacks int
	refused   int // of the callbacks
	calls     int
	failed    int                    // of the calls
	advised   string                 // with the entry before
	waiting   map[string]*time.Timer // for an answer to a person
	graph     string                 // where the bot reaches the simulator

	unverified *simulator.VerifyError // of the last try to verify the bot
}

func (t *terminal) say(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	say(t.to, format, args...)
}

// start shows where the simulator is, and what the bot needs.
func (t *terminal) start(base string, seed uint64, webhook, env string, exports []export) {
	var text strings.Builder
	text.WriteString("The bot needs:\n")
	for _, e := range exports {
		if e.own {
			fmt.Fprintf(&text, "  # %s is set here: give the bot the same\n", e.name)
			continue
		}
		fmt.Fprintf(&text, "  export %s=%s\n", e.name, e.value)
	}
	switch {
	case t.json != nil:
		return
	case t.quiet: // the results of scenarios stand alone
		say(t.notes, "%s", text.String())
		return
	case webhook == "":
		webhook = "none: enter it in the chat page, or start again with --webhook"
	}
	t.say("Messenger simulator on %s (also https, also a proxy; seed %d)\n  Chat page  %s/\n  Webhook    %s\n\n", base, seed, base, webhook)
	t.say("%sIf graph.facebook.com is compiled into it:  %s --shell node  (python, ruby, php, go, curl)\n\n", text.String(), env)
}

// warn shows what no entry has.
func (t *terminal) warn(text string) {
	if !t.warnJSON(text, "") {
		t.say("  !  %s\n", text)
	}
}

// warnJSON writes a warning as a line like those of the log, without a number of its own, and reports whether lines are asked for.
func (t *terminal) warnJSON(text, advice string) bool {
	if t.json == nil {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	_ = t.json.Encode(simulator.Entry{Time: time.Now().UTC(), Kind: simulator.EntryWarning, Name: "simulate", Error: text, Advice: advice}) // the writer keeps its error
	return true
}

func (t *terminal) verified(after time.Duration) {
	if t.json == nil && !t.quiet {
		t.say("Webhook verified in %d ms.\n", after.Milliseconds())
	}
}

func (t *terminal) notVerified(err error, again bool) {
	var failed *simulator.VerifyError
	if !errors.As(err, &failed) {
		failed = &simulator.VerifyError{Err: err}
	}
	t.mu.Lock()
	t.unverified = failed
	t.mu.Unlock()
	if t.warnJSON(fmt.Sprintf("the webhook is not verified: %v", failed.Err), failed.Advice) {
		return
	}
	t.say("Webhook NOT verified: %v.\n", failed.Err)
	if failed.Advice != "" {
		t.say("  !  %s\n", failed.Advice)
	}
	if again {
		t.say("     It is tried again every %v.\n", verifyEvery)
	}
}

// lastFailure is why the bot was not verified at the last try; nil if there was none.
func (t *terminal) lastFailure() *simulator.VerifyError {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.unverified
}

// inOrderFor is how long an entry waits for one that began before it.
const inOrderFor = 5 * time.Second

// follow shows entries until ctx ends, in the order in which they began.
func (t *terminal) follow(ctx context.Context, entries iter.Seq[simulator.Entry]) {
	ended := make(chan simulator.Entry)
	go func() {
		defer close(ended)
		for e := range entries {
			ended <- e
		}
	}()
	held := map[int]simulator.Entry{} // by Seq
	next := 1
	late := time.NewTimer(inOrderFor)
	defer late.Stop()
	for open := true; open; {
		var e simulator.Entry
		select {
		case e, open = <-ended:
			switch {
			case e.Seq == 0: // the end
			case e.Seq < next:
				t.take(ctx, e)
			default:
				held[e.Seq] = e
			}
		case <-late.C:
			next = lowest(held, next)
			late.Reset(inOrderFor)
		}
		if !open {
			next = lowest(held, next)
		}
		for len(held) > 0 {
			e, ok := held[next]
			if !ok && open {
				break
			}
			if ok {
				delete(held, next)
				t.take(ctx, e)
				late.Reset(inOrderFor)
			}
			next++
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, timer := range t.waiting {
		timer.Stop()
	}
}

// lowest is the first number that is held; next if nothing is.
func lowest(held map[int]simulator.Entry, next int) int {
	if len(held) == 0 {
		return next
	}
	return slices.Min(slices.Collect(maps.Keys(held)))
}

// take shows one entry.
func (t *terminal) take(ctx context.Context, e simulator.Entry) {
	t.count(e)
	switch {
	case t.json != nil:
		t.mu.Lock()
		_ = t.json.Encode(e) // the writer keeps its error
		t.mu.Unlock()
	case t.text:
		t.show(e)
	}
	t.listen(ctx, e)
}

func (t *terminal) count(e simulator.Entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e.Kind == simulator.EntryWarning {
		return
	}
	if e.Kind == simulator.EntryCallback {
		t.callbacks++
		if e.Error != "" {
			t.refused++
		}
		return
	}
	t.calls++
	if e.Error != "" {
		t.failed++
	}
}

// show writes an entry in one line, and what is wrong in further ones.
func (t *terminal) show(e simulator.Entry) {
	if e.Kind == simulator.EntryWarning {
		t.say("%s  !  %s\n", e.Time.Local().Format(time.TimeOnly), e.Error)
		if e.Advice != "" {
			t.say("          !  %s\n", e.Advice)
		}
		return
	}
	arrow := "←"
	if e.Kind == simulator.EntryCallback {
		arrow = "→"
	}
	status := fmt.Sprint(e.Status)
	if e.Status == 0 {
		status = "---"
	}
	what := e.Preview
	if e.Person != "" {
		what = e.Person + "  " + what
	}
	t.say("%s  %s  %-22s %-50s %s %5d ms\n", e.Time.Local().Format(time.TimeOnly), arrow, e.Name, what, status, e.DurationMS)
	if e.Fault {
		t.say("          !  A fault was ordered for this call.\n")
	}
	if e.Error != "" && (e.Kind == simulator.EntryCall || e.Status == 0) {
		t.say("          !  %s\n", e.Error)
	}
	switch {
	case e.Advice == "":
	case t.advised == e.Advice:
		t.say("          !  As before.\n")
	default:
		t.say("          !  %s\n", e.Advice)
	}
	t.advised = e.Advice
	if e.Final {
		t.say("          !  The callback is given up.\n")
	}
}

// listen warns when a bot took what a person wrote and sends nothing.
func (t *terminal) listen(ctx context.Context, e simulator.Entry) {
	if t.silence == 0 || e.PSID == "" {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.waiting == nil {
		t.waiting = map[string]*time.Timer{}
	}
	if timer := t.waiting[e.PSID]; timer != nil && (e.Kind == simulator.EntryCallback || strings.HasPrefix(e.Name, "POST ")) { // what was refused has its own line
		timer.Stop()
		delete(t.waiting, e.PSID)
	}
	if e.Kind != simulator.EntryCallback || e.Error != "" || (e.Name != "messages" && e.Name != "messaging_postbacks") {
		return
	}
	t.waiting[e.PSID] = time.AfterFunc(t.silence, func() {
		if ctx.Err() != nil {
			return
		}
		text := fmt.Sprintf("The bot took %s and nothing of it has arrived for %v. (It may have nothing to say.)", e.Preview, t.silence)
		if t.callsSoFar() == 0 {
			text = fmt.Sprintf("The bot took %s, and no call of it has reached %s since the start. Is %s set to it?", e.Preview, t.graph, envGraphURL)
		}
		if !t.warnJSON(text, "") {
			t.say("          !  %s\n", text)
		}
	})
}

func (t *terminal) callsSoFar() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.calls
}

// stop shows what there was.
func (t *terminal) stop() {
	if t.json != nil || t.quiet {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	say(t.to, "Stopped: %s (%d refused), %s (%d refused).\n", several(t.callbacks, "callback"), t.refused, several(t.calls, "call"), t.failed)
}

// warnings shows the simulator's warnings that no entry has, such as those of the verification.
type warnings struct{ *terminal }

func (w warnings) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }

func (w warnings) Handle(_ context.Context, r slog.Record) error {
	switch r.Message {
	case "callback not taken", "the app was unsubscribed: its webhook failed for an hour": // their entries say so
		return nil
	}
	text := r.Message
	r.Attrs(func(a slog.Attr) bool {
		text += fmt.Sprintf(" (%s %q)", a.Key, a.Value)
		return true
	})
	w.warn(text)
	return nil
}

func (w warnings) WithAttrs([]slog.Attr) slog.Handler { return w }

func (w warnings) WithGroup(string) slog.Handler { return w }
