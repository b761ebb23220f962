package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

const (
	started  = "I will look into it, and write when I know more."
	gaveUp   = "Sorry, I could not find it out. Please ask again."
	watchdog = "research" // the key of a timer: a person has one such question at most
)

// question is a question that is worked on outside. Request identifies it, in the bot and there.
type question struct {
	Request string `json:"request"`
}

// finding is what came back.
type finding struct {
	Request string `json:"request"`
	Text    string `json:"text"`
}

var (
	openQuestion = store.SessionOf[question]{Name: "research", Life: 24 * time.Hour}
	found        = payload.New[finding]("assistant.found")
	notFound     = payload.New[question]("assistant.not-found")
)

// assignment is what the system outside gets. It takes a request once, however often it gets it, and
// posts a [result] to the bot when it is done.
type assignment struct {
	Request string `json:"request"`
	Page    string `json:"page"`
	Person  string `json:"person"`
	Text    string `json:"text"`
}

// outside is a system that works on questions for longer than a turn should take.
type outside struct {
	client *http.Client
	url    string // it takes assignments by POST
	key    string // a bearer token, both ways
	// patience is how long it may take to answer.
	patience time.Duration
}

// ask hands a question over, and ends the turn. Event.Key is the same in each retry of it.
func (o outside) ask(ctx context.Context, ev *receiving.Event, values map[string]string, reply *sending.Replier) error {
	q := question{Request: ev.Key}
	if err := o.post(ctx, assignment{Request: q.Request, Page: ev.PageID, Person: ev.PSID, Text: values["topic"]}); err != nil {
		if handling.IsPermanent(err) || handling.TurnFrom(ctx).Attempt >= tries {
			return reply.Reply(ctx, sending.Text(sorry))
		}
		return err
	}
	return errors.Join(
		openQuestion.Keep(ctx, q), // in place of one that is worked on: the person has asked something else
		handling.After(ctx, o.patience, watchdog, notFound, q),
		reply.Reply(ctx, sending.Text(started)),
	)
}

func (o outside) post(ctx context.Context, a assignment) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	body, err := json.Marshal(a)
	if err != nil {
		return handling.Permanent(err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, o.url, bytes.NewReader(body))
	if err != nil {
		return handling.Permanent(err)
	}
	r.Header.Set("Authorization", "Bearer "+o.key)
	r.Header.Set("Content-Type", "application/json")
	answer, err := o.client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	switch {
	case answer.StatusCode < http.StatusMultipleChoices:
		return nil
	case answer.StatusCode >= http.StatusInternalServerError, answer.StatusCode == http.StatusTooManyRequests:
		return fmt.Errorf("the research took no question: HTTP %d", answer.StatusCode)
	}
	return handling.Permanent(fmt.Errorf("the research took no question: HTTP %d", answer.StatusCode))
}

// tell is the turn of an answer.
func tell(ctx context.Context, ev *receiving.Event, f finding, reply *sending.Replier) error {
	return settle(ctx, f.Request, reply, sending.SplitText(f.Text, ev.Object)...)
}

// giveUp is the turn of the watchdog.
func giveUp(ctx context.Context, _ *receiving.Event, q question, reply *sending.Replier) error {
	return settle(ctx, q.Request, reply, gaveUp)
}

// settle answers a question once: not one that was answered or given up, and not one that a newer one has replaced.
func settle(ctx context.Context, request string, reply *sending.Replier, texts ...string) error {
	q, open, err := openQuestion.Load(ctx)
	if err != nil || !open || q.Request != request {
		return err
	}
	var messages []sending.Message
	for _, text := range texts {
		if text = strings.TrimSpace(text); text != "" {
			messages = append(messages, sending.Text(text))
		}
	}
	if len(messages) == 0 {
		messages = append(messages, sending.Text(gaveUp))
	}
	return errors.Join(openQuestion.Drop(ctx), handling.CancelTimer(ctx, watchdog), reply.Reply(ctx, messages...))
}
