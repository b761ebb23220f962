package dialog

import (
	"context"
	"strings"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/store"
)

// act is an event as the rules of dispatch see it.
type act struct {
	is    actKind
	tap   tap   // of a dialogTap
	alarm alarm // of an alarmRings
	order order // of an orderComes
	// shares reports that an otherTap may be one on the platform's chip for an address or a number.
	shares bool
	// away reports that another app has the conversation.
	away bool
}

type actKind int

const (
	noAct      actKind = iota
	said               // what a person wrote or sent
	dialogTap          // a tap on a chip of a dialog
	otherTap           // a tap on anything else
	otherAct           // what is no answer, unless the question says so
	control            // another app has got the conversation, or has it no more
	alarmRings         // a question has timed out
	orderComes         // the program ends the dialog
	signals            // another signal
)

// actOf classifies an event.
func actOf(ctx context.Context, ev *receiving.Event) act {
	if ev.Standby || ev.PSID == "" {
		return act{}
	}
	a := act{away: isAway(ctx)}
	switch text := ev.PayloadText(); {
	case ev.Type == receiving.TypeSignal:
		a.is, a.alarm, a.order = signalOf(text)
	case ev.Type == receiving.TypeThreadControl:
		if c, ok := ev.Payload.(*receiving.ThreadControl); ok && (c.Action == receiving.ThreadPassed || c.Action == receiving.ThreadTaken) {
			a.is = control
		}
	case !ev.IsAct():
	case tapKind.Matches(text):
		// What does not decode is a tap on a dialog that cannot be open: it has no run.
		a.is = dialogTap
		a.tap, _ = tapKind.Decode(text)
	case ev.Type.IsTap():
		m, _ := ev.Payload.(*receiving.Message)
		a.is, a.shares = otherTap, m != nil && strings.TrimSpace(m.Text) == strings.TrimSpace(text)
	case isAnswer(ev.Type):
		a.is = said
	default:
		a.is = otherAct
	}
	return a
}

func signalOf(text string) (actKind, alarm, order) {
	if a, err := alarmKind.Decode(text); err == nil {
		return alarmRings, a, order{}
	}
	if o, err := orderKind.Decode(text); err == nil {
		return orderComes, alarm{}, o
	}
	return signals, alarm{}, order{}
}

// isAway reports whether another app has the conversation, as far as the platform has said.
func isAway(ctx context.Context) bool {
	person := store.PersonFrom(ctx)
	return person.ThreadOwner != "" && handling.Now(ctx).Before(person.ThreadHeldUntil())
}

// isAnswer reports whether events of a type are answers: what a person writes, sends, or fills
// in. Reactions, edits, deletions, referrals, opt-ins, account linking, calls and the like are
// not.
func isAnswer(t receiving.Type) bool {
	switch t {
	case receiving.TypeSimpleText, receiving.TypeSticker, receiving.TypeImage, receiving.TypeAudio, receiving.TypeVideo, receiving.TypeFile,
		receiving.TypeLocation, receiving.TypeFallback, receiving.TypeTemplate, receiving.TypeReel, receiving.TypePost, receiving.TypeAttachment,
		receiving.TypeUnsupported, receiving.TypeStory, receiving.TypeAppointmentBooking, receiving.TypeCustomerInformation,
		receiving.TypeOrder:
		return true
	}
	return false
}
