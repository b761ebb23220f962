package scenario

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/djmessenger/messenger/internal/simclient"
	"github.com/djmessenger/messenger/simulator"
)

// actWith is a verb that is an act of the simulator; the value of the step is the field of that name.
func actWith(kind, field string) func(context.Context, *play, *step) error {
	return func(ctx context.Context, p *play, s *step) error {
		act := map[string]any{"type": kind}
		if field != "" {
			act[field] = s.value.text
		}
		return p.act(ctx, s, act)
	}
}

// act lets the person of a step do something.
func (p *play) act(ctx context.Context, s *step, act any) error {
	a := p.people[s.who]
	var answer struct{ MID string }
	if err := p.c.Do(ctx, http.MethodPost, "/simulator/people/"+a.ID+"/acts", act, &answer); err != nil {
		return err
	}
	if answer.MID != "" {
		a.written = answer.MID
	}
	if s.keep != "" {
		if answer.MID == "" {
			return failed("the act has no id to keep")
		}
		p.vars[s.keep] = answer.MID
	}
	return nil
}

func doAct(ctx context.Context, p *play, s *step) error { return p.act(ctx, s, s.value) }

// doStart taps the Get Started button. A bot that has just started may not have set it up yet.
func doStart(ctx context.Context, p *play, s *step) error {
	return p.whenOffered(ctx, s, func() error { return p.act(ctx, s, map[string]any{"type": simulator.ActGetStarted}) })
}

// whenOffered taps again and again until what is tapped is on offer.
func (p *play) whenOffered(ctx context.Context, s *step, tap func() error) error {
	var last error
	err := p.until(ctx, s, func() (bool, error) {
		if last = tap(); isNotOffered(last) {
			return false, nil
		}
		return last == nil, last
	}, func() []string { return nil })
	if isNotOffered(last) && ctx.Err() == nil {
		return last
	}
	return err
}

// doTap taps the quick reply, the button, the menu item or the ice breaker of that name, whichever comes first.
func doTap(ctx context.Context, p *play, s *step) error {
	err := p.whenOffered(ctx, s, func() error { return p.tap(ctx, s) })
	if isNotOffered(err) {
		refused, _ := err.(*simclient.RefusedError) //nolint:errorlint // isNotOffered has seen it
		what := s.value.text + s.value.string("title") + s.value.string("payload")
		return &failure{lines: append([]string{fmt.Sprintf("there is no %q to tap", what)}, offers(refused)...)}
	}
	return err
}

func (p *play) tap(ctx context.Context, s *step) error {
	title, payload := s.value.text, ""
	if s.value.kind == object {
		title, payload = s.value.string("title"), s.value.string("payload")
	}
	order := map[string]any{}
	put := func(name, text string) {
		if text != "" {
			order[name] = text
		}
	}
	put("title", title)
	put("payload", payload)
	if n := s.value.string("card"); n != "" {
		card, err := p.onCard(ctx, p.people[s.who], n, title)
		if err != nil {
			return err
		}
		order = card
		return p.act(ctx, s, ofType(order, simulator.ActButton))
	}
	kinds := []string{simulator.ActQuickReply, simulator.ActButton, simulator.ActMenu, simulator.ActIceBreaker}
	if old := s.value.get("old"); old != nil && old.text == "true" {
		kinds = []string{simulator.ActOldButton}
	}
	var first error
	for _, kind := range kinds {
		if kind == simulator.ActIceBreaker && title == "" {
			continue
		}
		tap := order
		if kind == simulator.ActIceBreaker {
			tap = map[string]any{"title": title}
		}
		err := p.act(ctx, s, ofType(tap, kind))
		if !isNotOffered(err) {
			return err
		}
		if first == nil {
			first = err
		}
	}
	return first
}

// with is a map with what another one has too.
func with[T any](one, more map[string]T) map[string]T {
	out := maps.Clone(one)
	maps.Copy(out, more)
	return out
}

func ofType(order map[string]any, kind string) map[string]any {
	return with(order, map[string]any{"type": kind})
}

func isNotOffered(err error) bool {
	refused, ok := err.(*simclient.RefusedError) //nolint:errorlint // act returns it as it is
	return ok && refused.Code == "not_offered"
}

// offers are what a person could tap, a line each.
func offers(refused *simclient.RefusedError) []string {
	var lines []string
	for _, o := range refused.Offered {
		leads := fmt.Sprintf("payload %q", o.Payload)
		if o.Payload == "" && o.URL != "" {
			leads = o.URL
		}
		lines = append(lines, fmt.Sprintf("on offer: %s %q, %s", o.Where, o.Title, leads))
	}
	if refused.Code == "not_offered" && len(lines) == 0 {
		lines = append(lines, "nothing is on offer")
	}
	return lines
}

// onCard finds the button of a card of the newest message that has cards.
func (p *play) onCard(ctx context.Context, a *actor, number, title string) (map[string]any, error) {
	messages, err := p.messages(ctx, a)
	if err != nil {
		return nil, err
	}
	n, _ := strconv.Atoi(number)
	for _, m := range slices.Backward(messages) {
		for _, att := range m.Attachments {
			if att.Template == nil || len(att.Template.Elements) == 0 {
				continue
			}
			cards := att.Template.Elements
			if n < 1 || n > len(cards) {
				return nil, failed("the newest message with cards has %d, not %s", len(cards), number)
			}
			for _, b := range cards[n-1].Buttons {
				if b.Title == title {
					return map[string]any{"title": title, "payload": b.Payload, "mid": m.ID}, nil
				}
			}
			return nil, failed("card %d has no button %q; it has %s", n, title, describe(buttons(cards[n-1].Buttons)))
		}
	}
	return nil, failed("no message has cards")
}

func doSend(ctx context.Context, p *play, s *step) error {
	if s.value.scalar() {
		return p.act(ctx, s, map[string]any{"type": simulator.ActSticker})
	}
	m := s.value.members[0]
	switch m.name {
	case "sticker":
		return p.act(ctx, s, map[string]any{"type": simulator.ActSticker, "sticker_id": m.value.text})
	case "location":
		fields, _ := m.value.plain().(map[string]any)
		return p.act(ctx, s, ofType(fields, simulator.ActLocation))
	}
	return p.act(ctx, s, map[string]any{"type": simulator.ActAttachment, "kind": m.name, "url": m.value.text})
}

// texts are the text of a step, and the message that it is about: the one that is named, or another one.
func texts(s *step, name, otherwise string) (text, mid string, err error) {
	text, mid = s.value.text, otherwise
	if s.value.kind == object {
		text = s.value.string(name)
		if to := s.value.string("to"); to != "" {
			mid = to
		}
	}
	if mid == "" {
		return "", "", failed("there is no message yet that %s could be about", s.title())
	}
	return text, mid, nil
}

func doReact(ctx context.Context, p *play, s *step) error {
	emoji, mid, err := texts(s, "emoji", p.people[s.who].after)
	if err != nil {
		return err
	}
	p.people[s.who].reacted = mid
	return p.act(ctx, s, map[string]any{"type": simulator.ActReact, "emoji": emoji, "mid": mid})
}

func doUnreact(ctx context.Context, p *play, s *step) error {
	_, mid, err := texts(s, "", p.people[s.who].reacted)
	if err != nil {
		return err
	}
	return p.act(ctx, s, map[string]any{"type": simulator.ActUnreact, "mid": mid})
}

func doReply(ctx context.Context, p *play, s *step) error {
	text, mid, err := texts(s, "text", p.people[s.who].after)
	if err != nil {
		return err
	}
	return p.act(ctx, s, map[string]any{"type": simulator.ActReply, "text": text, "mid": mid})
}

func doEdit(ctx context.Context, p *play, s *step) error {
	text, mid, err := texts(s, "text", p.people[s.who].written)
	if err != nil {
		return err
	}
	return p.act(ctx, s, map[string]any{"type": simulator.ActEdit, "text": text, "mid": mid})
}

func doUnsend(ctx context.Context, p *play, s *step) error {
	_, mid, err := texts(s, "", p.people[s.who].written)
	if err != nil {
		return err
	}
	return p.act(ctx, s, map[string]any{"type": simulator.ActUnsend, "mid": mid})
}

// doAd posts what the platform posts when a person clicks an ad that opens the conversation.
func doAd(ctx context.Context, p *play, s *step) error {
	ref, ad := s.value.text, "1"
	if s.value.kind == object {
		ref = s.value.string("ref")
		if id := s.value.string("ad_id"); id != "" {
			ad = id
		}
	}
	a := p.people[s.who]
	var clock struct{ Now time.Time }
	if err := p.c.Get(ctx, "/simulator/clock", nil, &clock); err != nil {
		return err
	}
	return p.c.Do(ctx, http.MethodPost, "/simulator/callbacks", map[string]any{"event": map[string]any{
		"sender": map[string]string{"id": a.ID}, "recipient": map[string]string{"id": a.PageID}, "timestamp": clock.Now.UnixMilli(),
		"referral": map[string]string{"ref": ref, "ad_id": ad, "source": "ADS", "type": "OPEN_THREAD"},
	}}, nil)
}

func doBlock(blocked bool) func(context.Context, *play, *step) error {
	return func(ctx context.Context, p *play, s *step) error {
		return p.c.Do(ctx, http.MethodPut, "/simulator/people/"+p.people[s.who].ID+"/blocked", map[string]bool{"blocked": blocked}, nil)
	}
}

func doAgent(ctx context.Context, p *play, s *step) error {
	order := map[string]any{"message": map[string]string{"text": s.value.text}}
	if s.value.kind == object {
		order = map[string]any{"message": map[string]string{"text": s.value.string("text")}}
		if by := s.value.string("by"); by != "" {
			order["by"] = by
		}
	}
	var answer struct{ MID string }
	if err := p.c.Do(ctx, http.MethodPost, "/simulator/people/"+p.people[s.who].ID+"/agent", order, &answer); err != nil {
		return err
	}
	if s.keep != "" {
		p.vars[s.keep] = answer.MID
	}
	return nil
}

// messages is the conversation of a person.
func (p *play) messages(ctx context.Context, a *actor) ([]simulator.Message, error) {
	var list []simulator.Message
	err := p.c.Get(ctx, "/simulator/people/"+a.ID+"/messages", nil, &list)
	return list, err
}
