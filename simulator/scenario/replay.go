package scenario

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/djmessenger/messenger/internal/atomicfile"
	"github.com/djmessenger/messenger/internal/simclient"
	"github.com/djmessenger/messenger/simulator"
)

// quietTime is how long a replay waits for messages that the recording does not have.
const quietTime = 500 * time.Millisecond

// replay is a transcript while it is played again.
type replay struct {
	*play
	*recording

	a      *actor
	wait   time.Duration     // for a message
	mids   map[string]string // the messages of this time, by their placeholders
	due    []string          // the placeholders of the bot's messages that have not come yet
	silent bool              // one of them did not come in time
}

// replay does again what the person did, each act once the bot has sent as many messages as it had before it then, and compares what the bot has sent
// with the recording.
func (p *play) replay(ctx context.Context) (*Failure, error) {
	r := &replay{play: p, recording: p.s.recording, a: p.order[0], wait: cmp.Or(p.config.Patience, DefaultPatience), mids: map[string]string{"{{person}}": p.order[0].ID}}
	r.mids["{{page}}"] = r.a.PageID
	at, err := r.again(ctx)
	var stopped []string
	if err != nil {
		if stopped = reasonOf(err); stopped == nil || ctx.Err() != nil {
			return p.outcome(ctx, r.step(at, "is played again"), err)
		}
	}
	var now simulator.Transcript
	if err := p.c.Get(ctx, "/simulator/people/"+r.a.ID+"/transcript", nil, &now); err != nil {
		return p.outcome(ctx, r.step(at, "is played again"), err)
	}
	now.Ignore = r.Ignore
	if p.config.Update {
		return r.update(ctx, now, stopped, at)
	}
	return r.judge(ctx, now, stopped, at)
}

// reasonOf says in words why a replay could not go on; nil if that is no matter of the bot.
func reasonOf(err error) []string {
	if wrong, ok := errors.AsType[*failure](err); ok {
		return wrong.lines
	}
	if refused, ok := errors.AsType[*simclient.RefusedError](err); ok {
		return append([]string{refused.Error()}, offers(refused)...)
	}
	return nil
}

// step is a step for messages, at the line of an entry.
func (r *replay) step(entry int, what string) *step {
	line := r.s.Line
	if entry < len(r.lines) {
		line = r.lines[entry]
	}
	return &step{line: line, name: what, who: strings.ToLower(r.a.FirstName), value: &value{}, within: r.wait, end: time.Now().Add(r.wait)}
}

// again does what the person did. It returns the entry at which it ended.
func (r *replay) again(ctx context.Context) (at int, err error) {
	for i, e := range r.Entries {
		if e.Call != nil && e.By == "" {
			if _, isMessage := e.Sees(); isMessage {
				r.due = append(r.due, e.Message)
			}
			continue
		}
		if err := r.await(ctx); err != nil || r.silent {
			return i, err
		}
		if err := r.do(ctx, i, e); err != nil {
			return i, err
		}
	}
	last := max(len(r.Entries)-1, 0)
	if err := r.await(ctx); err != nil || r.silent {
		return last, err
	}
	return last, r.drain(ctx)
}

// await takes the messages that the bot had sent up to here. With Update it also takes those that are new, and does not mind those that are
// missing.
func (r *replay) await(ctx context.Context) error {
	for len(r.due) > 0 {
		m, err := r.next(ctx, r.a, r.wait)
		if err != nil {
			return err
		}
		if m == nil {
			r.silent, r.due = !r.config.Update, nil
			return nil
		}
		r.take(m)
	}
	if r.config.Update {
		return r.drain(ctx)
	}
	return nil
}

// drain takes messages until none comes for a while after all callbacks are answered. A bot that floods ends it too.
func (r *replay) drain(ctx context.Context) error {
	if err := doFlush(ctx, r.play, r.step(0, "")); err != nil {
		return err
	}
	for range maxSteps {
		m, err := r.next(ctx, r.a, quietTime)
		if m == nil || err != nil {
			return err
		}
		r.take(m)
	}
	return failed("the bot sends without an end")
}

// take gives a message of this time the place of the next one that was recorded.
func (r *replay) take(m *simulator.Message) {
	r.a.after = m.ID
	if len(r.due) > 0 {
		r.mids[r.due[0]] = m.ID
		r.due = r.due[1:]
	}
}

// do does what someone did.
func (r *replay) do(ctx context.Context, i int, e simulator.TranscriptEntry) error {
	s, path := r.step(i, ""), "/simulator/people/"+r.a.ID
	var answer struct{ MID string }
	switch {
	case e.Act != nil:
		act := r.act(*e.Act)
		return r.whenOffered(ctx, s, func() error {
			err := r.c.Do(ctx, http.MethodPost, path+"/acts", act, &answer)
			r.mids[e.Message] = answer.MID
			return err
		})
	case e.Posted != "":
		return r.c.Do(ctx, http.MethodPost, "/simulator/callbacks", map[string]any{e.Posted: r.event(e.Event)}, nil)
	case e.Blocked != nil:
		return r.c.Do(ctx, http.MethodPut, path+"/blocked", map[string]bool{"blocked": *e.Blocked}, nil)
	default:
		m, _ := e.Sees()
		err := r.c.Do(ctx, http.MethodPost, path+"/agent", map[string]any{"by": e.By, "message": map[string]string{"text": m.Text}}, &answer)
		r.mids[e.Message] = answer.MID
		return err
	}
}

// act is an act with the ids of this time.
func (r *replay) act(a simulator.Act) any {
	a.MID, a.Payload, a.Ref = r.actual(a.MID), r.actual(a.Payload), r.actual(a.Ref)
	if a.Type != simulator.ActLocation {
		return a
	}
	return struct { // 0 is a place
		simulator.Act

		Latitude  float64 `json:"latitude"`
		Longitude float64 `json:"longitude"`
	}{a, a.Latitude, a.Longitude}
}

// actual is a text with the ids of this time.
func (r *replay) actual(text string) string {
	return reference.ReplaceAllStringFunc(text, func(found string) string {
		if id, ok := r.mids[found]; ok {
			return id
		}
		return found
	})
}

// event is an event with the ids of this time, at this time.
func (r *replay) event(raw json.RawMessage) any {
	var fill func(v any) any
	fill = func(v any) any {
		switch v := v.(type) {
		case string:
			return r.actual(v)
		case []any:
			for i := range v {
				v[i] = fill(v[i])
			}
		case map[string]any:
			for name := range v {
				v[name] = fill(v[name])
				if name == "timestamp" {
					v[name] = time.Now().UnixMilli()
				}
			}
		}
		return v
	}
	return fill(decoded(raw))
}

// judge compares.
func (r *replay) judge(ctx context.Context, now simulator.Transcript, stopped []string, at int) (*Failure, error) {
	before := make([]simulator.TranscriptEntry, len(r.Entries))
	copy(before, r.Entries)
	c := newComparison(before, now.Entries, r.ignore, r.config.Strict)
	first, differ := c.first()
	if !differ && stopped == nil && !r.silent {
		return nil, nil
	}
	if r.silent {
		stopped = append(stopped, fmt.Sprintf("nothing more came within %v", r.wait))
	}
	stopped = append(stopped, r.troubles(ctx, r.a)...)
	s := r.step(at, "does not see what was recorded")
	var lines []string
	reason := ""
	if differ {
		s.line = r.step(min(first.entry, max(len(r.lines)-1, 0)), "").line
		reason = first.String()
		lines = append(c.columns(r.a.FirstName), reason)
	} else {
		s.name = "cannot do what was recorded"
	}
	return &Failure{
		File: r.s.File, Line: s.line, Step: s.title(), Verb: "replay", Differences: append(lines, stopped...), LastCall: r.lastCall(ctx), reason: reason,
	}, nil
}

// update writes the conversation of this time in place of the recording, if it was played to its end and the bot took all callbacks.
func (r *replay) update(ctx context.Context, now simulator.Transcript, stopped []string, at int) (*Failure, error) {
	entries, err := r.log(ctx, r.seq, simulator.EntryCallback, r.a.ID)
	if err != nil {
		return r.outcome(ctx, r.step(at, "is recorded again"), err)
	}
	for _, e := range slices.Backward(entries) {
		if e.Final {
			stopped = append([]string{"the bot did not take a callback: " + e.Error}, stopped...)
			break
		}
	}
	if stopped != nil {
		return r.outcome(ctx, r.step(at, "cannot be recorded again"), &failure{lines: append(stopped, "the file is as it was")})
	}
	text := now.Encode()
	if string(text) == string(r.Encode()) {
		return nil, nil
	}
	if err := atomicfile.Write(r.s.File, text); err != nil {
		return nil, err
	}
	r.updated = true
	return nil, nil
}
