package messenger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/threadsettings"
)

// settingsTries is what replicas know of each other's failed tries to apply the thread settings of a page: one of them tries for all, and after
// a failure all of them wait. It is read and written only under the lease of store.Once. It is a session that no person has.
type settingsTries struct {
	st     store.Store
	pageID string
}

// settingsTried is a failed try, as it is stored.
type settingsTried struct {
	// Version is of what was tried: other settings, or another token, do not wait.
	Version string `json:"version"`
	// Number is that of the settings in their order.
	Number int64 `json:"number,omitempty"`
	// Tries is how many have failed, and Next when the next one is.
	Tries int       `json:"tries"`
	Next  time.Time `json:"next"`

	stored int64 // the version of the session; 0 if there is none
}

// settingsTriesOf is the owner of these sessions.
var settingsTriesOf = store.Conversation{PageID: "messenger", PSID: "messenger"}

func (s settingsTries) name() string { return "messenger.settings." + s.pageID }

func (s settingsTries) read(ctx context.Context) (tried settingsTried, err error) {
	session, err := s.st.Session(ctx, settingsTriesOf.PageID, settingsTriesOf.PSID, s.name())
	if errors.Is(err, store.ErrNotFound) {
		return settingsTried{}, nil
	}
	if err == nil && json.Unmarshal(session.Data, &tried) != nil {
		tried = settingsTried{} // of another version of the library: a try too many does no harm
	}
	tried.stored = session.Version
	return tried, err
}

func (s settingsTries) keep(ctx context.Context, tried settingsTried) error {
	data, err := json.Marshal(tried)
	if err != nil {
		return err
	}
	return s.st.Apply(ctx, store.SaveSession{
		PageID: settingsTriesOf.PageID, PSID: settingsTriesOf.PSID, Name: s.name(), Data: data, Version: tried.stored,
	})
}

func (s settingsTries) forget(ctx context.Context, tried settingsTried) error {
	if tried.stored == 0 {
		return nil
	}
	return s.st.Apply(ctx, store.DeleteSession{PageID: settingsTriesOf.PageID, PSID: settingsTriesOf.PSID, Name: s.name()})
}

// settingsPauseError is that of a try that has failed, here or in another replica, with the pause before the next one.
type settingsPauseError struct {
	pause time.Duration
	level slog.Level
	newer bool  // whether another replica tries newer settings
	err   error // nil if it was another replica
}

func (e *settingsPauseError) Error() string {
	switch {
	case e.newer:
		return fmt.Sprintf("another replica tries newer settings, and the next look is in %v", e.pause.Round(time.Second))
	case e.err == nil:
		return fmt.Sprintf("another replica has tried, and the next try is in %v", e.pause.Round(time.Second))
	}
	return e.err.Error()
}

func (e *settingsPauseError) Unwrap() error { return e.err }

// settingsTurn is a try that a replica wants to make.
type settingsTurn struct {
	version string
	number  int64 // of the settings in their order
	now     bool  // whether it is made while the pause after a failed one lasts
}

// try makes a try, unless one has failed and the pause after it lasts, or newer settings are being tried.
func (s settingsTries) try(
	ctx context.Context, turn settingsTurn, clock func(context.Context) (time.Time, error),
	call func(context.Context) (threadsettings.Report, error),
) (threadsettings.Report, error) {
	tried, err := s.read(ctx)
	if err != nil {
		return threadsettings.Report{}, err
	}
	at, err := clock(ctx)
	if err != nil {
		return threadsettings.Report{}, err
	}
	if tried.Number > turn.number && tried.Next.Add(settingsLongPause).After(at) {
		// If their replicas are gone, these are tried later.
		return threadsettings.Report{}, &settingsPauseError{pause: settingsLongPause, level: slog.LevelInfo, newer: true}
	}
	if tried.Version != turn.version {
		tried = settingsTried{Version: turn.version, Number: turn.number, stored: tried.stored}
	}
	if wait := min(tried.Next.Sub(at), settingsLongPause); wait > 0 && !turn.now {
		return threadsettings.Report{}, &settingsPauseError{pause: wait, level: slog.LevelInfo}
	}
	report, err := call(ctx)
	switch {
	case err == nil:
		return report, s.forget(ctx, tried)
	case ctx.Err() != nil || errors.Is(err, threadsettings.ErrGetStartedMissing): // the first is no answer of the platform, the second is none at all
		return report, err
	}
	pause, level := settingsPause(tried.Tries, err)
	tried.Tries++
	tried.Next = at.Add(pause)
	if keepErr := s.keep(ctx, tried); keepErr != nil {
		err = errors.Join(err, keepErr) // then other replicas try, too
	}
	return report, &settingsPauseError{pause: pause, level: level, err: err}
}
