package dialog

import (
	"errors"
	"time"
)

// Human hands the conversation over to an app, such as the page's inbox, where people answer,
// and goes on when the bot has it again: when the platform reports that, or with the person's
// first act that reaches the bot after another app had the conversation. Until then the dialog
// is paused.
//
// The page needs Conversation Routing, and must be subscribed to standby, and to messaging_handovers, an Instagram account to
// messaging_handover. What the person writes meanwhile is on standby; what reaches the bot all the same,
// because the platform refused the hand-over say (Config.OnSendFailed), goes to the routes of its own
// type, except for cancel, which ends the dialog.
type Human[S any] struct {
	// Name is the name of the step. Required.
	Name string
	// Aliases are what the step was called before; see Question.Aliases.
	Aliases []string
	// Text is said with the hand-over, a message id: the platform hands over with a message.
	// Required.
	Text string
	// App is the id of the app that gets the conversation: graph.InboxApp is the page's inbox,
	// graph.InstagramInboxApp that of an Instagram account. Required.
	App string
	// Limit is how long to wait; then the dialog ends with the reason NotReturned. Default:
	// 24 hours; negative means none.
	Limit time.Duration
	// When leaves the step out if it returns false.
	When func(s S) bool
}

// defaultLimit is the default of Human.Limit.
const defaultLimit = 24 * time.Hour

func (h Human[S]) nodes() []node[S] {
	n := node[S]{
		stop: stop{name: h.Name, aliases: h.Aliases, kind: hands}, timeout: h.Limit, when: whenOf(h.When), text: h.Text, app: h.App,
	}
	if n.timeout == 0 {
		n.timeout = defaultLimit
	}
	n.faults = aliasFaults(h.Aliases)
	if h.Text == "" {
		n.faults = append(n.faults, errors.New("its Text is missing: the hand-over goes with a message"))
	}
	if h.App == "" {
		n.faults = append(n.faults, errors.New("its App is missing; the page's inbox is graph.InboxApp"))
	}
	return []node[S]{n}
}
