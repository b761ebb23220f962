package handling

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/store"
)

// Quiet says when the bot keeps silent towards a person because another answers them.
// The zero Quiet never does. [WithSilence] says what silence means.
//
// A bot has one in messenger.Config.Quiet. What it decides by is in the store
// ([store.Person]): it holds on all replicas and after a restart, and it is recorded
// whether there is a Quiet or not. A message that waits in the outbox is still sent, and
// so is the answer of a turn that ran when the human wrote.
type Quiet struct {
	// AfterHuman is how long the bot keeps silent after a human wrote to the person
	// from the page's inbox, or another app did: after an echo of a message that the bot
	// did not send. Default: 0, which is never.
	//
	// The page must be subscribed to message_echoes; Instagram sends echoes with
	// messages. Give the bot's app its id (receiving.App.ID), so that what the app sends
	// by other means counts as its own. The automatic replies that a page's inbox sends
	// (greetings, away messages) cannot be told from a human.
	AfterHuman time.Duration

	// Automations are the ids of apps that are not the bot's and write by themselves, such
	// as a campaign tool: what they write is recorded as no human's. Default: none.
	Automations []string

	// Except is asked when the bot would keep silent, and returns true for events to
	// which it does not. It must be quick. Default: none. To let a single route run, use
	// routing.Route.DespiteSilence.
	Except func(ctx context.Context, ev *receiving.Event) bool

	// OtherApp keeps the bot silent while another app controls the conversation, by the
	// hand-overs that the platform reports. The page must be subscribed to
	// messaging_handovers, an Instagram account to messaging_handover. It ends when control is passed to the bot's app or taken by
	// it; 24 hours after the hand-over; and with the first event that does not come on
	// standby after one that does, because the platform sends no notice when an app
	// releases a conversation. What comes on standby is never answered, with OtherApp or
	// without. Default: false.
	OtherApp bool
}

// Validate returns an error for a negative duration or an empty app id.
func (q Quiet) Validate() error {
	if q.AfterHuman < 0 {
		return fmt.Errorf("handling: Quiet.AfterHuman: is negative: %v", q.AfterHuman)
	}
	if i := slices.Index(q.Automations, ""); i >= 0 {
		return fmt.Errorf("handling: Quiet.Automations[%d]: is empty", i)
	}
	return nil
}

// Silence reports whether the bot keeps silent towards a person about an event of that
// time, and why. It does not ask Except.
func (q Quiet) Silence(person store.Person, at time.Time) (Silence, bool) {
	return q.silence(person, at)
}

func (q Quiet) silence(person store.Person, at time.Time) (Silence, bool) {
	human := person.HumanAt
	if until := human.Add(q.AfterHuman); q.AfterHuman > 0 && !human.IsZero() && human.After(person.ResumedAt) && at.Before(until) {
		return Silence{Why: "a human wrote at " + human.UTC().Format(time.RFC3339), Until: until}, true
	}
	if until := person.ThreadHeldUntil(); q.OtherApp && person.ThreadAt.After(person.ResumedAt) && at.Before(until) {
		since := person.ThreadAt.UTC().Format(time.RFC3339)
		return Silence{Why: "app " + person.ThreadOwner + " controls the conversation since " + since, Until: until}, true
	}
	return Silence{}, false
}

// Wrap is a [Middleware]. The bot adds that of messenger.Config.Quiet after its
// TurnMiddleware, next to the routes; one in TurnMiddleware is for what Except cannot
// say.
func (q Quiet) Wrap(next TurnFunc) TurnFunc {
	if q.AfterHuman <= 0 && !q.OtherApp {
		return next
	}
	except := q.Except
	return func(ctx context.Context, ev *receiving.Event) error {
		if _, silent := SilenceFrom(ctx); !silent && ev.PSID != "" {
			silence, silent := q.silence(store.PersonFrom(ctx), happened(ctx, ev))
			if silent && (except == nil || !except(ctx, ev)) {
				ctx = WithSilence(ctx, silence)
			}
		}
		return next(ctx, ev)
	}
}
