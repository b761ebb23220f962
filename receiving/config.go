package receiving

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/djmessenger/messenger/secret"
)

// DefaultMaxBody is the default of [WebhookConfig.MaxBody]: 4 MiB.
const DefaultMaxBody = 4 << 20

// WebhookConfig is what a [Webhook] is made of.
type WebhookConfig struct {
	// Accept takes the events of a callback, in the order in which the platform wrote them; there is at least one. The
	// platform is told that all is well (200) once Accept has returned nil, so the events must be stored durably by then.
	// After an error the platform is asked to deliver all of them again (503). The error is logged, and not told to the
	// platform.
	//
	// Accept is called from many goroutines at once. The envelopes are its own until it returns; then their memory serves
	// the next callback. It keeps what [Envelope.AppendBinary] or [Envelope.Clone] makes of them. The platform waits 5
	// seconds for the answer; ctx is the request's. Required.
	Accept func(ctx context.Context, envelopes []Envelope) error

	// Apps are the apps whose callbacks are taken. At least one is required.
	Apps []App

	// Logger is told of what is refused and what is malformed, never with a message's content, a signature or a secret.
	// Default: slog.Default().
	Logger *slog.Logger

	// MaxBody is the most bytes that a callback's body may have. Default: [DefaultMaxBody].
	MaxBody int64

	// VerifyToken is the string that was entered in the App Dashboard beside the webhook's address. Required.
	VerifyToken secret.Value
}

// App is an app of the platform, which signs its callbacks with its secret.
type App struct {
	// ID is the app's id. It is used in logs, and tells echoes of what the app itself sent. It may be empty.
	ID string

	// Secrets are the app secret and, while it is being changed, the other one: a callback that is signed with any of them is
	// taken. At least one is required.
	Secrets []secret.Value

	// Pages are the ids of the pages, or Instagram professional accounts, whose events this app may deliver. Those of others
	// are dropped, so that who knows one tenant's secret cannot speak for another's page. Empty means all pages, which is
	// possible for a single app only.
	Pages []string
}

// Validate returns an error that names every mistake of the configuration by its place, as in "Apps[1].Secrets[0]: is empty",
// or nil. [NewWebhook] asks it first.
func (c WebhookConfig) Validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }

	if c.Accept == nil {
		fault("Accept: is missing")
	}
	if len(c.Apps) == 0 {
		fault("Apps: is empty: without an app's secret no callback can be told from a forged one")
	}
	c.validateApps(fault)
	if c.MaxBody < 0 {
		fault("MaxBody: is negative")
	}
	if c.VerifyToken.IsZero() {
		fault("VerifyToken: is empty: nothing would be left of the verification")
	}
	return errors.Join(faults...)
}

func (c WebhookConfig) validateApps(fault func(format string, args ...any)) {
	ids, secrets, pages := map[string]string{}, map[string]string{}, map[string]string{}
	once := func(seen map[string]string, place, value string) {
		if first, twice := seen[value]; twice {
			fault("%s: is the same as %s", place, first)
			return
		}
		seen[value] = place
	}
	for i, app := range c.Apps {
		place := fmt.Sprintf("Apps[%d]", i)
		if app.ID != "" {
			once(ids, place+".ID", app.ID)
		}
		if len(app.Secrets) == 0 {
			fault("%s.Secrets: is empty", place)
		}
		for j, s := range app.Secrets {
			at := fmt.Sprintf("%s.Secrets[%d]", place, j)
			if s.IsZero() {
				fault("%s: is empty", at)
				continue
			}
			once(secrets, at, s.Reveal())
		}
		if len(app.Pages) == 0 && len(c.Apps) > 1 {
			fault("%s.Pages: is empty, which is possible for a single app only", place)
		}
		for j, page := range app.Pages {
			at := fmt.Sprintf("%s.Pages[%d]", place, j)
			if page == "" {
				fault("%s: is empty", at)
				continue
			}
			once(pages, at, page)
		}
	}
}
