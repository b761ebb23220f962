package storetest

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/djmessenger/messenger/store"
)

// key is new most times, and one that was used before at others.
func (p *player) key() string {
	if p.keys > 0 && p.rand.IntN(4) == 0 {
		return strconv.Itoa(p.rand.IntN(p.keys))
	}
	p.keys++
	return strconv.Itoa(p.keys)
}

// editOf is what the keys of the edits of one of a few messages begin with.
func (p *player) editOf() string { return fmt.Sprint("edit of ", p.rand.IntN(6), " ") }

func (p *player) put() {
	var events []store.Event
	for range 1 + p.rand.IntN(3) {
		ev := event(pick(p, p.convs), p.key())
		ev.Time = start.Add(time.Duration(p.rand.IntN(20)) * time.Second)
		if p.rand.IntN(2) == 0 {
			ev.KeyTime = start.Add(time.Duration(p.rand.IntN(3)) * time.Second)
		}
		if p.rand.IntN(2) == 0 && len(p.sends) > 0 {
			ev.EchoOf = recent(p, p.sends).Key
		}
		switch p.rand.IntN(8) {
		case 0, 1:
			ev.Unsends = store.Unsent{Keys: []string{p.key(), p.key()}, MID: "m"}
		case 2, 3:
			ev.Unsends = store.Unsent{Keys: []string{p.key()}, Edits: p.editOf(), MID: "m"}
		case 4, 5, 6:
			ev.EditOf = p.editOf()
			ev.Key = fmt.Sprint(ev.EditOf, p.rand.IntN(3))
		}
		events = append(events, ev)
	}
	p.same(func(st store.Store) error { return st.Put(p.ctx, events...) })
}

// someSends are sends to add. Few of them are due at the same time.
func (p *player) someSends() []store.Send {
	var sends []store.Send
	for i := range p.rand.IntN(4) {
		out := send(pick(p, p.convs), p.key())
		switch p.rand.IntN(4) {
		case 0:
			out.Group = fmt.Sprintf("group %d", p.rand.IntN(3))
		case 1:
			out.Group = out.Key
		case 2:
			if len(sends) > 0 {
				out.Group = pick(p, sends).Key
			}
		}
		if p.rand.IntN(4) == 0 {
			p.keys++
			out.Key, out.Fresh = fmt.Sprint("fresh ", p.keys), true
		}
		if p.rand.IntN(2) == 0 {
			out.Delay = time.Duration(p.rand.IntN(10))*time.Second + time.Duration(i)*time.Millisecond
		}
		sends = append(sends, out)
	}
	p.rand.Shuffle(len(sends), func(i, j int) { sends[i], sends[j] = sends[j], sends[i] })
	p.sends = append(p.sends, sends...)
	return sends
}

func (p *player) enqueue() {
	sends := p.someSends()
	p.same(func(st store.Store) error { return st.Enqueue(p.ctx, sends...) })
}

func (p *player) cancel() {
	if len(p.sends) == 0 {
		return
	}
	s := recent(p, p.sends)
	conv, key := s.Conversation, s.Key
	if p.rand.IntN(4) == 0 {
		conv = pick(p, p.convs)
	}
	if s.Group != "" && p.rand.IntN(2) == 0 {
		key = s.Group
	}
	found := map[bool]bool{}
	p.same(func(st store.Store) error {
		ok, err := st.Cancel(p.ctx, conv, key)
		found[ok] = true
		return err
	})
	if len(found) != 1 {
		p.Fatalf("%s: the store and the model do not agree whether there was something to cancel", p.step)
	}
}

// outcome is one for a lease, without the end of an event.
func (p *player) outcome(lease store.Lease) store.Outcome {
	conv, now := lease.Conversation, p.clock.Now()
	o := store.Outcome{Release: p.rand.IntN(2) == 0, Due: p.rand.IntN(5)}
	if o.Release && p.rand.IntN(3) == 0 {
		o.After, o.UntilEvent = time.Duration(p.rand.IntN(5))*time.Second, p.rand.IntN(2) == 0
	}
	for _, s := range lease.Sends {
		if p.rand.IntN(2) == 0 {
			o.Results = append(o.Results, store.SendResult{Key: s.Key, State: store.SendState(1 + p.rand.IntN(4)), Recipient: store.RecipientResult(p.rand.IntN(6))})
		}
	}
	if p.rand.IntN(3) == 0 {
		o.Sends = p.someSends()
	}
	if len(lease.Events) > 0 && p.rand.IntN(2) == 0 {
		o.Writes = append(o.Writes, kept(conv, pick(p, lease.Events).Key)[0])
	}
	if p.rand.IntN(3) == 0 {
		o.Writes = append(o.Writes, thumb(conv))
	}
	ago := func() time.Time { return now.Add(-time.Duration(p.rand.IntN(10)) * time.Second) }
	if p.rand.IntN(3) == 0 {
		o.Writes = append(o.Writes, touch(conv, ago()))
	}
	if p.rand.IntN(3) == 0 {
		at := ago()
		o.Writes = append(o.Writes, pick(p, []store.Write{human(conv, at), thread(conv, pick(p, []string{"app1", "standby", ""}), at), resume(conv, at)}))
	}
	if p.rand.IntN(4) == 0 {
		o.Writes = append(o.Writes, p.session(conv))
	}
	if p.rand.IntN(4) == 0 && len(p.sends) > 0 {
		s := recent(p, p.sends)
		o.Writes = append(o.Writes, store.CancelSend{Conversation: s.Conversation, Key: s.Key})
	}
	if p.rand.IntN(3) == 0 {
		o.Writes = append(o.Writes, p.raises(conv)...)
	}
	if p.rand.IntN(6) == 0 {
		o.Writes = append(o.Writes, p.settlement()...)
	}
	if starting := slices.Concat(lease.Sends, queued(o.Sends)); len(starting) > 0 && p.rand.IntN(2) == 0 {
		o.Start = pick(p, starting).Key
		o.Awaits = pick(p, starting).Key
	}
	return o
}

// settlement says that one of the last sends was delivered, of any conversation.
func (p *player) settlement() []store.Write {
	if len(p.sends) == 0 {
		return nil
	}
	s := recent(p, p.sends)
	return []store.Write{settles(s.Conversation, s.Key, p.clock.Now())}
}

func (p *player) settle() {
	writes := p.settlement()
	p.same(func(st store.Store) error { return st.Apply(p.ctx, writes...) })
}

// session saves or deletes the person's session, from the newest version most times.
func (p *player) session(conv store.Conversation) store.Write {
	if p.rand.IntN(4) == 0 {
		return store.DeleteSession{PageID: conv.PageID, PSID: conv.PSID, Name: "s"}
	}
	found, _ := p.model.Session(p.ctx, conv.PageID, conv.PSID, "s") // none has version 0
	if p.rand.IntN(4) == 0 {
		found.Version++
	}
	w := store.SaveSession{PageID: conv.PageID, PSID: conv.PSID, Name: "s", Data: []byte("1"), Version: found.Version}
	if p.rand.IntN(3) == 0 {
		w.Life = time.Duration(p.rand.IntN(8)) * time.Second
	}
	return w
}

func queued(sends []store.Send) (out []store.QueuedSend) {
	for _, s := range sends {
		out = append(out, store.QueuedSend{Send: s})
	}
	return out
}
