package handling

import (
	"context"
	"errors"
	"time"

	"github.com/djmessenger/messenger/internal/turnctx"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// UserProfile keeps what the platform says about a person: name, picture,
// locale, time zone. A new person's first turn waits a moment for it, so that
// the first answer can use their name and language; no later turn waits. It is
// asked for again, beside turns, when it has become old.
//
// A field that the platform refuses costs that field, not the profile: the others
// are kept, and the field is not asked for again for that page for 24 hours, or
// until the process restarts. A profile that is refused as a whole is remembered as
// refused, and the person is kept without it.
//
// Under TypeDefault it runs before all other handlers.
type UserProfile struct {
	// Fields are what to ask for. Default: first_name, last_name, profile_pic,
	// locale, timezone and gender; on Instagram name, username and profile_pic,
	// since the platform has no first_name and last_name there: in texts
	// %{first_name|there} is then "there", and %{name|there} the person's name.
	// Locale, timezone and gender each need a permission of the app
	// (pages_user_locale, pages_user_timezone, pages_user_gender).
	Fields []string
	// PSIDOnly keeps the person without asking.
	PSIDOnly bool
	// RefreshAfter is the age at which a profile is asked for again. Default
	// 7 days; 24 hours after a refusal, 5 minutes if there was no answer.
	RefreshAfter time.Duration
	// Wait is how long a new person's first turn waits at most. A pause of the
	// process, such as CPU throttling, uses up about a tenth of it. Default and
	// maximum 1 second.
	Wait time.Duration
}

const (
	profileWait    = time.Second
	profileAge     = 7 * 24 * time.Hour
	profileRefused = 24 * time.Hour
	profileMissing = 5 * time.Minute
)

var (
	profileFields   = []string{"first_name", "last_name", "profile_pic", "locale", "timezone", "gender"}
	instagramFields = []string{"name", "username", "profile_pic"}
)

// RunsFirst puts the handler before all others under TypeDefault.
func (UserProfile) RunsFirst() {}

// ShouldHandle reports whether the event is something that a person did;
// echoes are not.
func (UserProfile) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	return ev.PSID != "" && ev.Type.IsAct()
}

// Handles reports the types of what people do, and TypeDefault.
func (UserProfile) Handles(t receiving.Type) bool {
	return under(t, receiving.TypePostback) || t.IsAct()
}

// Handle asks for the profile if it is missing or old.
func (h UserProfile) Handle(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
	look, ok := turnctx.ProfilesFrom(ctx)
	if h.PSIDOnly || !ok {
		return nil
	}
	query := turnctx.ProfileQuery{PageID: ev.PageID, PSID: ev.PSID, Fields: h.fields(ev.Object)}
	person := store.PersonFrom(ctx)
	if !person.ProfileAt.IsZero() {
		if Now(ctx).Sub(person.ProfileAt) > h.age(person) {
			look.Lookup(ctx, query, 0)
		}
		return nil
	}
	wait := h.Wait
	if wait <= 0 {
		wait = profileWait
	}
	asked := Now(ctx) // an answer that comes from now on is later, and is not overwritten
	save, ok := look.Lookup(ctx, query, min(wait, profileWait))
	if !ok {
		// Remember that it was asked, so that the next turn does not wait too.
		save = store.SaveProfile{PageID: ev.PageID, PSID: ev.PSID, At: asked}
	}
	return store.Queue(ctx, save)
}

// Validate reports durations that are out of range.
func (h UserProfile) Validate() error {
	if h.RefreshAfter < 0 || h.Wait < 0 || h.Wait > profileWait {
		return errors.New("handling: UserProfile: RefreshAfter must not be negative, and Wait must be between 0 and 1 s")
	}
	return nil
}

func (h UserProfile) fields(object receiving.Object) []string {
	switch {
	case len(h.Fields) > 0:
		return h.Fields
	case object == receiving.ObjectInstagram:
		return instagramFields
	default:
		return profileFields
	}
}

func (h UserProfile) age(person store.Person) time.Duration {
	switch {
	case person.ProfileRefused:
		return profileRefused
	case person.Profile == (store.Profile{}):
		return profileMissing
	case h.RefreshAfter > 0:
		return h.RefreshAfter
	default:
		return profileAge
	}
}
