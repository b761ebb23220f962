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
	// Accept stores the events of a callback, in the order in which the platform wrote them; there is at least one. When it
	// returns nil, the platform gets the answer 200 and does not deliver the events again, so they must be durable by then.
	// After an error the answer is 503, and the platform delivers all of them again. The error is logged; the platform does
	// not get it.
	//
	// Accept is called from many goroutines at the same time. It owns the envelopes until it returns; then their memory is
	// reused. To keep them, use [Envelope.AppendBinary] or [Envelope.Clone]. The platform waits 5 seconds for the answer. ctx
	// is the context of the request. Required.
	Accept func(ctx context.Context, envelopes []Envelope) error

	// Apps are the apps that may send callbacks. At least one is required, unless PagesAtRunTime is set.
	// [Webhook.SetApps] replaces them at run time.
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

	// Logger gets a line for each refused callback and each malformed part of one. No line contains the content of a message,
	// a signature or a secret.
	// Default: slog.Default().
	Logger *slog.Logger

	// MaxBody is the most bytes that a callback's body may have. A larger one is answered 413. Default: [DefaultMaxBody],
	// 4 MiB.
	MaxBody int64

	// PagesAtRunTime says that apps or pages are added later, with [Webhook.SetApps]: Apps may be empty, and an app without
	// Pages is bound to no page instead of all.
	PagesAtRunTime bool

	// VerifyToken is the verify token that is set in the App Dashboard beside the webhook URL. Required.
	VerifyToken secret.Value
}

// App is an app of the platform. It signs its callbacks with its secret.
type App struct {
	// ID is the app's id. It is used in logs, and identifies echoes of the app's own messages. It may be empty.
	ID string

	// Secrets are the app secret and, during a rotation, the other one. A callback may be signed with any of them. At least one
	// is required.
	Secrets []secret.Value

	// Pages are the ids of the pages, or Instagram professional accounts, whose events this app may deliver. Events of other
	// pages are dropped, so that anyone who knows the secret of one tenant cannot forge events of another tenant's page. Empty
	// means all pages, which is allowed only if there is a single app; with PagesAtRunTime it means none.
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

// Validate returns nil, or an error that lists every invalid field with its place, as in "Apps[1].Secrets[0]: is empty".
// [NewWebhook] calls it.
func (c WebhookConfig) Validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }

	if c.Accept == nil {
		fault("Accept: is missing")
	}
	if len(c.Apps) == 0 && !c.PagesAtRunTime {
		fault("Apps: is empty: without an app secret a forged callback cannot be detected")
	}
	validateApps(c.Apps, c.PagesAtRunTime, fault)
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

// validateApps checks apps. At run time an app may have no pages, a page several apps, and an app several entries.
func validateApps(apps []App, atRunTime bool, fault func(format string, args ...any)) {
	ids, secrets, pages := map[string]string{}, map[string]string{}, map[string]string{}
	once := func(seen map[string]string, place, value string) {
		if first, twice := seen[value]; twice {
			fault("%s: is the same as %s", place, first)
			return
		}
		seen[value] = place
	}
	for i, app := range apps {
		place := fmt.Sprintf("Apps[%d]", i)
		if app.ID != "" && !atRunTime {
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
		if len(app.Pages) == 0 && len(apps) > 1 && !atRunTime {
			fault("%s.Pages: is empty, which is possible for a single app only", place)
		}
		if atRunTime {
			clear(pages)
		}
		for j, pageID := range app.Pages {
			at := fmt.Sprintf("%s.Pages[%d]", place, j)
			if pageID == "" {
				fault("%s: is empty", at)
				continue
			}
			once(pages, at, pageID)
		}
	}
}
