package messenger

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/djmessenger/messenger/store"
)

// errSettingsSuperseded is the end of a try of settings after which newer ones were applied.
var errSettingsSuperseded = errors.New("another replica has applied newer thread settings of this page")

// settingsOrder is in which order replicas began with different settings of a page. The newest settings get the highest number, and a
// try of older settings ends once newer ones are applied: without it, a retry of a replica that is being replaced would overwrite them. It
// is a session that no person has, beside that of settingsTries, and remains.
type settingsOrder struct {
	st     store.Store
	pageID string
}

// settingsOrdered is the order as it is stored.
type settingsOrdered struct {
	// Target is what settings are applied to. The numbers go on with another one, but say nothing about each other.
	Target string `json:"target"`
	// Version is of the newest settings, and Newest their number; the first is 1.
	Version string `json:"version"`
	Newest  int64  `json:"newest"`
	// Applied is the number of the settings that were applied last.
	Applied int64 `json:"applied,omitempty"`

	stored int64 // the version of the session; 0 if there is none
}

// announcement is the number of the settings of a page in one process, from their first try on. Only the try that runs uses it.
type announcement struct {
	target string
	number int64 // 0 before the first try
}

func (o settingsOrder) name() string { return "messenger.settings-order." + o.pageID }

// announce gives settings their number, unless the announcement has one for that target. Those that are the newest already keep theirs, so that
// replicas with the same settings have the same number.
func (o settingsOrder) announce(ctx context.Context, a *announcement, target, version string) error {
	if a.number != 0 && a.target == target {
		return nil
	}
	ordered, err := o.change(ctx, func(ordered *settingsOrdered) bool {
		if ordered.Newest != 0 && ordered.Target == target && ordered.Version == version {
			return false
		}
		if ordered.Target != target {
			ordered.Target, ordered.Applied = target, 0
		}
		ordered.Version = version
		ordered.Newest++
		return true
	})
	if err == nil {
		a.target, a.number = target, ordered.Newest
	}
	return err
}

// superseded reports whether newer settings were applied to the target of an announcement.
func (o settingsOrder) superseded(ctx context.Context, a *announcement) (bool, error) {
	ordered, err := o.read(ctx)
	return err == nil && ordered.Target == a.target && ordered.Applied > a.number, err
}

// applied notes that the settings of an announcement were applied.
func (o settingsOrder) applied(ctx context.Context, a *announcement) error {
	_, err := o.change(ctx, func(ordered *settingsOrdered) bool {
		if ordered.Target != a.target || ordered.Applied >= a.number {
			return false
		}
		ordered.Applied = a.number
		return true
	})
	return err
}

// change makes a change, again if another replica makes one at the same time, and returns what is stored then.
func (o settingsOrder) change(ctx context.Context, change func(*settingsOrdered) (changed bool)) (settingsOrdered, error) {
	for {
		ordered, err := o.read(ctx)
		if err != nil || !change(&ordered) {
			return ordered, err
		}
		data, err := json.Marshal(ordered)
		if err != nil {
			return ordered, err
		}
		err = o.st.Apply(ctx, store.SaveSession{
			PageID: settingsTriesOf.PageID, PSID: settingsTriesOf.PSID, Name: o.name(), Data: data, Version: ordered.stored,
		})
		if !errors.Is(err, store.ErrConflict) {
			return ordered, err
		}
	}
}

func (o settingsOrder) read(ctx context.Context) (ordered settingsOrdered, err error) {
	session, err := o.st.Session(ctx, settingsTriesOf.PageID, settingsTriesOf.PSID, o.name())
	if errors.Is(err, store.ErrNotFound) {
		return settingsOrdered{}, nil
	}
	if err == nil {
		err = json.Unmarshal(session.Data, &ordered)
	}
	ordered.stored = session.Version
	return ordered, err
}
