package handling

import (
	"context"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// ReferralBase is the base of handlers for people who came through a link, an ad or
// a plugin. Whether the platform says so in an event of its own, in the tap on Get
// Started, or in a message depends on where the person was, so route one handler
// under all the types that matter: usually TypeReferral, TypeGetStartedButton (or
// TypePostback, if Get Started has a payload of its own) and, for ads,
// TypeSimpleText; or under TypeDefault.
type ReferralBase struct{}

// ShouldHandle reports whether the event says how the person came.
func (ReferralBase) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	return ev.Referral() != nil
}

// Handles reports the types that can carry a referral: TypeReferral, messages, taps
// and TypeDefault.
func (ReferralBase) Handles(t receiving.Type) bool { return mayRefer(t) }

// Referral returns how the person came. It is never nil.
func (ReferralBase) Referral(ev *receiving.Event) *receiving.Referral { return referralOf(ev) }

// OnReferral makes a handler of a function that takes the referral; see
// [ReferralBase].
func OnReferral(fn func(ctx context.Context, ev *receiving.Event, from *receiving.Referral, reply *sending.Replier) error) Handler {
	return onReferral{fn}
}

type onReferral struct {
	fn func(context.Context, *receiving.Event, *receiving.Referral, *sending.Replier) error
}

func (onReferral) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	return ev.Referral() != nil
}

func (o onReferral) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	return o.fn(ctx, ev, referralOf(ev), reply)
}

func (onReferral) Handles(t receiving.Type) bool { return mayRefer(t) }

func (onReferral) String() string { return "handling.OnReferral" }

func (o onReferral) Validate() error { return needFunc(o.fn == nil) }

func referralOf(ev *receiving.Event) *receiving.Referral {
	if r := ev.Referral(); r != nil {
		return r
	}
	return &receiving.Referral{}
}

func mayRefer(t receiving.Type) bool {
	switch t {
	case receiving.TypeEcho, receiving.TypeMessageDeleted:
		return false
	}
	return carries(t, (*receiving.Referral)(nil)) || carries(t, (*receiving.Postback)(nil)) || carries(t, (*receiving.Message)(nil))
}
