package receiving

import "sync/atomic"

// Counts are the counters of a [Webhook] since it was created. Each request is counted once, in one of the fields from
// Verifications to NotAccepted.
type Counts struct {
	// Verifications were answered with their challenge.
	Verifications uint64
	// Callbacks were accepted, or had nothing to accept.
	Callbacks uint64
	// RefusedTokens are verifications with a wrong token or a wrong form.
	RefusedTokens uint64
	// RefusedSignatures are callbacks without a signature, or with one that is malformed or of an unknown secret.
	RefusedSignatures uint64
	// RefusedPages are callbacks of which every event was dropped, because the signing app is bound to none of their pages.
	RefusedPages uint64
	// RefusedBodies are callbacks that were too large, had too many events, were cut off or were not a JSON object.
	RefusedBodies uint64
	// OverBudget are callbacks that were answered 503 because the bodies in flight had used up [WebhookConfig.BodyBudget].
	OverBudget uint64
	// TimedOut are callbacks whose body took longer than [WebhookConfig.BodyTimeout].
	TimedOut uint64
	// RefusedMethods are requests with a method other than GET and POST.
	RefusedMethods uint64
	// NotAccepted are callbacks for which Accept returned an error.
	NotAccepted uint64

	// Events were accepted.
	Events uint64
	// Foreign events were dropped, because the signing app is not bound to their page.
	Foreign uint64
	// Tests are events of the App Dashboard's test button, which name page 0. They are dropped, and counted in no other field.
	Tests uint64
	// Malformed counts elements that were dropped and parts of events that were left out, because their form was wrong.
	Malformed uint64

	// BodyBytes is the memory that bodies in flight have now, in bytes. Unlike the others it goes down as well.
	BodyBytes int64
}

// counters are the live form of Counts.
type counters struct {
	verifications, callbacks                                    atomic.Uint64
	refusedTokens, refusedSignatures, refusedPages, refusedBody atomic.Uint64
	refusedMethods, notAccepted, overBudget, timedOut           atomic.Uint64
	events, foreign, tests, malformed                           atomic.Uint64
}

// Counts returns the current counters. It may be called at any time, from any goroutine.
func (w *Webhook) Counts() Counts {
	return Counts{
		Verifications:     w.counters.verifications.Load(),
		Callbacks:         w.counters.callbacks.Load(),
		RefusedTokens:     w.counters.refusedTokens.Load(),
		RefusedSignatures: w.counters.refusedSignatures.Load(),
		RefusedPages:      w.counters.refusedPages.Load(),
		RefusedBodies:     w.counters.refusedBody.Load(),
		OverBudget:        w.counters.overBudget.Load(),
		TimedOut:          w.counters.timedOut.Load(),
		RefusedMethods:    w.counters.refusedMethods.Load(),
		NotAccepted:       w.counters.notAccepted.Load(),
		Events:            w.counters.events.Load(),
		Foreign:           w.counters.foreign.Load(),
		Tests:             w.counters.tests.Load(),
		Malformed:         w.counters.malformed.Load(),
		BodyBytes:         w.budget.used.Load(),
	}
}
