package simulator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrNotThreadOwner is returned, wrapped with the owner, by an act of an app that does not have the conversation.
var ErrNotThreadOwner = errors.New("simulator: the app does not have the conversation")

// errNoRouting says why an app may not take a conversation, or may not ask for one.
var (
	errNoRouting = errors.New("simulator: an app can take a conversation only on a page with Conversation Routing; set Config.DefaultApp")
	errRouting   = errors.New("simulator: an app cannot ask for a conversation on a page with Conversation Routing (Config.DefaultApp)")
)

// OtherApp is another app that is connected to the page of a bot, or the page's inbox, where people at work answer. It
// has no webhook: it does what its methods say. They follow Conversation Routing:
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing
//
// A conversation is idle, or one app has it, until that app gives it up or 24 hours have passed since the person's last
// message. While another app has it, the bot gets what happens as standby events, if the page is subscribed to standby
// and to the event's own field, and what it sends is refused. A page has a default app ([Config.DefaultApp]) or not:
//
//   - Without, every app and the inbox may answer an idle conversation. An app gets one by
//     [OtherApp.RequestThread], or by a pass. Apps cannot take.
//   - With, the default app has every idle conversation. Apps can take one, but not ask for it.
//
// The bot learns of hand-overs if the page is subscribed to messaging_handovers, and of what the app writes if it is
// subscribed to message_echoes.
type OtherApp struct {
	sim *Simulator
	id  string // empty: the inbox of the person's page
}

// Inbox returns the inbox of each page: [InboxApp], or for people of Instagram [InstagramInboxApp].
func (s *Simulator) Inbox() OtherApp { return OtherApp{sim: s} }

// OtherApp returns the app with this id. Any app counts as connected to every page; on a page that is bound to it, it is
// the bot and not another app. It panics if the id is not digits.
func (s *Simulator) OtherApp(id string) OtherApp {
	app, err := s.otherApp(id)
	if err == nil && id == "" {
		err = errors.New("simulator: the id of the other app is empty")
	}
	if err != nil {
		panic(err.Error())
	}
	return app
}

// Say writes a text to a person, as someone at work does in the inbox, and returns its mid. The page gets the echo, with
// the app's id. The inbox takes a conversation by answering, unless it is idle on a page without default app. Any other
// app must be one that may answer, or it is refused with [ErrNotThreadOwner]. The 24-hour window is not checked.
func (a OtherApp) Say(ctx context.Context, psid, text string) (mid string, err error) {
	if text == "" {
		return "", errors.New("simulator: the text is empty")
	}
	err = a.act(ctx, psid, func(pg *page, appID string, at time.Time) error {
		c := pg.conversation(psid)
		if holder := pg.holder(c, at); holder != "" && holder != appID {
			if appID != pg.inbox() {
				return notOwner(holder)
			}
			if err := a.sim.take(pg, psid, appID, "", at); err != nil {
				return err
			}
		}
		m := &Message{ID: pg.newMID(), From: FromPage, Kind: KindMessage, PSID: psid, Time: at, Text: text, AppID: appID}
		mid = m.ID
		a.sim.record(c, m)
		a.sim.happened(c, happening{MID: m.ID})
		a.sim.echo(pg, m, at)
		return nil
	})
	return mid, err
}

// TakeThread makes the app the owner of a conversation; metadata may be empty. Someone at work does so in the inbox by
// moving it to the main folder. The bot gets take_thread_control.
func (a OtherApp) TakeThread(ctx context.Context, psid, metadata string) error {
	return a.act(ctx, psid, func(pg *page, appID string, at time.Time) error {
		if pg.defaultApp == "" && appID != pg.inbox() {
			return errNoRouting
		}
		return a.sim.take(pg, psid, appID, metadata, at)
	})
}

// PassThread gives a conversation that the app has, or that is idle, to another app; metadata may be empty. An empty app
// id means the bot's app, which gets pass_thread_control.
func (a OtherApp) PassThread(ctx context.Context, psid, toAppID, metadata string) error {
	if toAppID != "" && !digits(toAppID) {
		return fmt.Errorf("simulator: %q is no id of an app", toAppID)
	}
	return a.act(ctx, psid, func(pg *page, appID string, at time.Time) error {
		if holder := pg.holder(pg.conversation(psid), at); holder != "" && holder != appID {
			return notOwner(holder)
		}
		return a.sim.pass(pg, psid, cmp.Or(toAppID, pg.appID), metadata, at)
	})
}

// RequestThread asks the app that has a conversation for it; metadata may be empty. If that is the bot, it gets
// request_thread_control. An idle conversation goes to the app that asks.
func (a OtherApp) RequestThread(ctx context.Context, psid, metadata string) error {
	return a.act(ctx, psid, func(pg *page, appID string, at time.Time) error {
		if pg.defaultApp != "" {
			return errRouting
		}
		return a.sim.request(pg, psid, appID, metadata, at)
	})
}

// ReleaseThread gives up a conversation that the app has: it is idle then. The platform sends no event of it.
func (a OtherApp) ReleaseThread(ctx context.Context, psid string) error {
	return a.act(ctx, psid, func(pg *page, appID string, at time.Time) error {
		if owner := pg.conversation(psid).ownerAt(at); owner != appID {
			return notOwner(owner)
		}
		a.sim.release(pg, psid, at)
		return nil
	})
}

// ExpireThread ends the control that an app has of a conversation, as 24 hours after the person's last message do: it is idle then. The
// platform sends no event of it. A conversation that is idle is [ErrNotThreadOwner].
func (s *Simulator) ExpireThread(ctx context.Context, psid string) error {
	return s.Inbox().act(ctx, psid, func(pg *page, _ string, at time.Time) error {
		if pg.conversation(psid).ownerAt(at) == "" {
			return notOwner("")
		}
		s.release(pg, psid, at)
		return nil
	})
}

func notOwner(owner string) error {
	if owner == "" {
		return fmt.Errorf("%w: it is idle", ErrNotThreadOwner)
	}
	return fmt.Errorf("%w: app %s", ErrNotThreadOwner, owner)
}

// act finds the page of a person and lets the app do something there.
func (a OtherApp) act(ctx context.Context, psid string, do func(pg *page, appID string, at time.Time) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s := a.sim
	at := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	pg := s.home[psid]
	if pg == nil {
		return fmt.Errorf("%w: %s", ErrNoPerson, psid)
	}
	if a.id == pg.appID {
		return fmt.Errorf("simulator: app %s is the bot's own on page %s", a.id, pg.id)
	}
	return do(pg, cmp.Or(a.id, pg.inbox()), at)
}

// inbox is the app by which people at work answer.
func (p *page) inbox() string {
	if p.instagram {
		return InstagramInboxApp
	}
	return InboxApp
}

// ThreadOf returns which app has the conversation with a person. It is the zero Thread for an unknown person.
func (s *Simulator) ThreadOf(psid string) Thread {
	at := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	pg := s.home[psid]
	if pg == nil {
		return Thread{}
	}
	return pg.threadOf(psid, at)
}
