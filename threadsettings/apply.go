package threadsettings

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/graph"
)

// The platform's limit of calls of the Messenger Profile API for a page. [Apply] makes at most 9.
const (
	MaxCalls    = 10
	CallsPeriod = 10 * time.Minute
)

// Apply makes a page have the wanted settings: it reads the page's settings and changes what differs, one property with each
// call, in the order that the platform needs. Nothing is called if wanted is invalid, and nothing is changed if nothing
// differs, so Apply is safe to repeat, and to run from several replicas at once with the same settings.
//
// A refusal of one property does not stop the others. What would fail in the same way for all of them does: calls that are
// used up, a token that is refused, a platform that cannot be reached. The report says what was done and what was not, and
// the error joins what has failed. A refused greeting is a warning in the report and no error.
func Apply(ctx context.Context, client *graph.Client, pageID string, wanted Settings) (Report, error) {
	plan, err := ReadPlan(ctx, client, pageID, wanted)
	if err != nil {
		return Report{}, err
	}
	report := Report{}
	var stopped error              // why nothing further is tried
	missing := map[Property]bool{} // what was to come or go first, and did not
	for _, change := range plan.Changes {
		outcome := Outcome{Change: change}
		needed, needs := need(change)
		switch {
		case stopped != nil:
			outcome.Status, outcome.Err = Skipped, errors.New("not tried after the failure before it")
		case needs && missing[needed]:
			outcome.Status, outcome.Err = Skipped, fmt.Errorf("not tried without the change of %s", needed)
		default:
			outcome = change.apply(ctx, client, pageID, wanted.Platform)
			if outcome.Status == Failed && concernsAll(outcome.Err) {
				stopped = outcome.Err
			}
		}
		missing[change.Property] = outcome.Status != Applied && (change.From == nil || change.To == nil)
		report.Outcomes = append(report.Outcomes, outcome)
	}
	return report, report.err()
}

// Delete makes a page, or its Instagram account, lack the named properties, or all that this package manages if none is
// named. It is [Apply] of settings that remove them: what is not there is not deleted, and the menu goes before the button it
// needs.
func Delete(ctx context.Context, client *graph.Client, pageID string, platform graph.Platform, properties ...Property) (Report, error) {
	if len(properties) == 0 {
		properties = Properties(platform)
	}
	return Apply(ctx, client, pageID, Settings{Platform: platform, Remove: properties})
}

// need returns the property without whose change, if it was planned, the platform would refuse this one.
func need(change Change) (Property, bool) {
	switch {
	case change.Property == PropertyPersistentMenu && change.To != nil && change.From == nil:
		return PropertyGetStarted, true
	case change.Property == PropertyGetStarted && change.To == nil:
		return PropertyPersistentMenu, true
	}
	return "", false
}

// apply makes the call of one change.
func (c Change) apply(ctx context.Context, client *graph.Client, pageID string, platform graph.Platform) Outcome {
	var err error
	if c.To == nil {
		err = client.DeleteMessengerProfile(ctx, pageID, platform, string(c.Property))
	} else {
		err = client.SetMessengerProfile(ctx, pageID, platform, graph.MessengerProfile{string(c.Property): c.To})
	}
	switch {
	case err == nil:
		return Outcome{Change: c, Status: Applied}
	case c.Property == PropertyGreeting && !concernsAll(err):
		return Outcome{Change: c, Status: Refused, Err: err}
	}
	return Outcome{Change: c, Status: Failed, Err: limited(err)}
}

// concernsAll reports whether a failure would befall the other properties too.
func concernsAll(err error) bool {
	if refused, ok := errors.AsType[*graph.Error](err); ok {
		switch refused.Meaning() {
		case graph.MeaningInvalid, graph.MeaningRefused, graph.MeaningPolicy:
			return false
		case graph.MeaningUnknown:
			return refused.Retry() != graph.RetryNever
		}
		return true
	}
	var malformed *graph.RequestError
	return !errors.As(err, &malformed) || errors.Is(err, graph.ErrNoToken)
}

// limited adds to the refusal of a call that the page has made too many when to go on.
func limited(err error) error {
	if errors.Is(err, graph.ErrRateLimited) {
		return fmt.Errorf("%w; the platform takes %d calls in %d minutes for a page: apply again after that, what is done is not repeated",
			err, MaxCalls, int(CallsPeriod.Minutes()))
	}
	return err
}
