package receiving

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/djmessenger/messenger/secret"
)

// Defaults of [WebhookConfig].
const (
	DefaultBodyBudget  = 32 << 20
	DefaultBodyTimeout = 5 * time.Second
	DefaultMaxBody     = 4 << 20
)

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

	// BodyBudget is the most memory, in bytes, that the bodies of all requests in flight may have together. A callback beyond
	// it is answered 503, so that the platform delivers it again. [Webhook] says what it covers and how it is shared. Three
	// quarters of it must have room for a body of MaxBody, in blocks of 64 KiB. Default: [DefaultBodyBudget], 32 MiB.
	BodyBudget int64

	// BodyTimeout is how long the body of a request may take to arrive, from the call of ServeHTTP. After that the answer is
	// 408. It holds for every server and behind every middleware, and a shorter ReadTimeout of the [http.Server] stays in
	// force. It needs no more than a timer if the ResponseWriter, or one that it unwraps to, has SetReadDeadline, as those of
	// net/http do; otherwise each body takes a goroutine. Default: [DefaultBodyTimeout], 5 s, which is as long as the
	// platform waits for an answer.
	BodyTimeout time.Duration

	// Logger is told of what is refused and what is malformed, never with a message's content, a signature or a secret.
	// Default: slog.Default().
	Logger *slog.Logger

	// MaxBody is the most bytes that a callback's body may have. A larger one is answered 413. Default: [DefaultMaxBody],
	// 4 MiB.
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

// withDefaults returns a copy in which every field that has a default is set.
func (c WebhookConfig) withDefaults() WebhookConfig {
	c.BodyBudget = cmp.Or(c.BodyBudget, DefaultBodyBudget)
	c.BodyTimeout = cmp.Or(c.BodyTimeout, DefaultBodyTimeout)
	c.Logger = cmp.Or(c.Logger, slog.Default())
	c.MaxBody = cmp.Or(c.MaxBody, DefaultMaxBody)
	return c
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
	c.validateBodies(fault)
	if c.VerifyToken.IsZero() {
		fault("VerifyToken: is empty: nothing would be left of the verification")
	}
	return errors.Join(faults...)
}

func (c WebhookConfig) validateBodies(fault func(format string, args ...any)) {
	negative := false
	for _, field := range []struct {
		name  string
		value int64
	}{{"BodyBudget", c.BodyBudget}, {"BodyTimeout", int64(c.BodyTimeout)}, {"MaxBody", c.MaxBody}} {
		if field.value < 0 {
			fault("%s: is negative", field.name)
			negative = true
		}
	}
	if negative {
		return
	}
	c = c.withDefaults()
	if memory, b := memoryFor(c.MaxBody), (budget{total: c.BodyBudget}); memory < c.MaxBody || b.share(memory) < memory {
		fault("BodyBudget: is %d, too little for a body of MaxBody, %d, which may use three quarters of it", c.BodyBudget, c.MaxBody)
	}
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
