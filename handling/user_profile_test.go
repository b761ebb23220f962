package handling_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/turnctx"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// profiles is a look-up that answers what the test says.
type profiles struct {
	answer *store.SaveProfile
	asked  []turnctx.ProfileQuery
	waits  []time.Duration
}

func (p *profiles) Lookup(_ context.Context, query turnctx.ProfileQuery, wait time.Duration) (store.SaveProfile, bool) {
	p.asked = append(p.asked, query)
	p.waits = append(p.waits, wait)
	if p.answer == nil || wait == 0 {
		return store.SaveProfile{}, false
	}
	return *p.answer, true
}

func runProfile(t *testing.T, h handling.UserProfile, person store.Person, p *profiles) (store.Person, []store.Write) {
	t.Helper()
	person.PageID, person.PSID = "1", "42"
	turn := store.NewTurn(nil, person)
	set := turn.Begin("profile")
	ctx := turnctx.WithProfiles(set.Context(t.Context()), p)
	require.NoError(t, h.Handle(ctx, text("hi"), nil))
	return store.PersonFrom(ctx), set.End()
}

func TestNewPersonsFirstTurnWaitsForTheProfile(t *testing.T) {
	t.Parallel()
	at := time.Now()
	p := &profiles{answer: &store.SaveProfile{PageID: "1", PSID: "42", Profile: store.Profile{FirstName: "Ada"}, At: at}}
	person, writes := runProfile(t, handling.UserProfile{}, store.Person{}, p)
	require.Equal(t, "Ada", person.Profile.FirstName, "the first answer can use the name")
	require.Equal(t, []store.Write{*p.answer}, writes)
	require.Equal(t, []time.Duration{time.Second}, p.waits)
	require.Equal(t, []string{"first_name", "last_name", "profile_pic", "locale", "timezone", "gender"}, p.asked[0].Fields)
}

func TestSlowProfileCostsOneTurnOnly(t *testing.T) {
	t.Parallel()
	p := &profiles{}
	person, _ := runProfile(t, handling.UserProfile{Wait: 10 * time.Millisecond}, store.Person{}, p)
	require.False(t, person.ProfileAt.IsZero(), "that it was asked is remembered")
	_, writes := runProfile(t, handling.UserProfile{}, person, p)
	require.Empty(t, writes)
	require.Equal(t, []time.Duration{10 * time.Millisecond}, p.waits, "the second turn does not ask, let alone wait")
}

// late is a look-up whose answer arrives at the moment at which the wait for it ends.
type late struct{ store *memory.Store }

func (l late) Lookup(ctx context.Context, query turnctx.ProfileQuery, wait time.Duration) (store.SaveProfile, bool) {
	time.Sleep(wait)
	err := l.store.Apply(ctx, store.SaveProfile{PageID: query.PageID, PSID: query.PSID, Profile: store.Profile{FirstName: "Ada"}, At: time.Now()})
	if err != nil {
		panic(err)
	}
	return store.SaveProfile{}, false
}

// TestAnswerAtTheEndOfTheWaitIsKept: the turn that did not get it commits later, at the same time by the clock, and does not overwrite it.
func TestAnswerAtTheEndOfTheWaitIsKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		st := memory.New(memory.Config{})
		turn := store.NewTurn(nil, store.Person{PageID: "1", PSID: "42"})
		set := turn.Begin("profile")
		ctx := turnctx.WithProfiles(set.Context(t.Context()), late{st})
		require.NoError(t, handling.UserProfile{}.Handle(ctx, text("hi"), nil))
		writes := set.End()
		require.NotEmpty(t, writes, "that it was asked is remembered")
		require.NoError(t, st.Apply(t.Context(), writes...))
		kept, err := st.Person(t.Context(), "1", "42")
		require.NoError(t, err)
		require.Equal(t, "Ada", kept.Profile.FirstName)
	})
}

func TestOldProfileIsAskedForBesideTheTurn(t *testing.T) {
	t.Parallel()
	days := func(n int) store.Person {
		return store.Person{
			Profile: store.Profile{FirstName: "Ada"}, ProfileAt: time.Now().Add(-time.Duration(n) * 24 * time.Hour),
		}
	}
	refused := func(n int) store.Person {
		person := days(n)
		person.ProfileRefused = true
		return person
	}
	for name, c := range map[string]struct {
		h      handling.UserProfile
		person store.Person
		asked  bool
	}{
		"six days":            {handling.UserProfile{}, days(6), false},
		"eight days":          {handling.UserProfile{}, days(8), true},
		"own age":             {handling.UserProfile{RefreshAfter: time.Hour}, days(1), true},
		"refused today":       {handling.UserProfile{}, refused(0), false},
		"refused before that": {handling.UserProfile{}, refused(2), true},
		"no answer just now":  {handling.UserProfile{}, store.Person{ProfileAt: time.Now()}, false},
		"no answer back then": {handling.UserProfile{}, store.Person{ProfileAt: time.Now().Add(-6 * time.Minute)}, true},
		"id only":             {handling.UserProfile{PSIDOnly: true}, days(99), false},
	} {
		p := &profiles{}
		_, writes := runProfile(t, c.h, c.person, p)
		require.Empty(t, writes, name)
		require.Equal(t, c.asked, len(p.asked) == 1, name)
		for _, wait := range p.waits {
			require.Zero(t, wait, name)
		}
	}
}

func TestProfilesAreNotAskedForOnEchoes(t *testing.T) {
	t.Parallel()
	for typ, want := range map[receiving.Type]bool{
		receiving.TypeSimpleText: true, receiving.TypePostback: true, receiving.TypeReaction: true,
		receiving.TypeEcho: false, receiving.TypeDelivered: false, receiving.TypeRead: false,
	} {
		ev := &receiving.Event{Type: typ, PSID: "42", Payload: &receiving.Unknown{}}
		require.Equal(t, want, handling.UserProfile{}.ShouldHandle(t.Context(), ev), typ)
	}
	require.False(t, handling.UserProfile{}.ShouldHandle(t.Context(), &receiving.Event{Type: receiving.TypeSimpleText}))
}

func TestInstagramHasOtherProfileFields(t *testing.T) {
	t.Parallel()
	p := &profiles{}
	set := store.NewTurn(nil, store.Person{}).Begin("profile")
	ev := text("hi")
	ev.Object = receiving.ObjectInstagram
	require.NoError(t, handling.UserProfile{}.Handle(turnctx.WithProfiles(set.Context(t.Context()), p), ev, nil))
	require.Equal(t, []string{"name", "username", "profile_pic"}, p.asked[0].Fields)
}

func TestChosenProfileFields(t *testing.T) {
	t.Parallel()
	for _, object := range []receiving.Object{receiving.ObjectPage, receiving.ObjectInstagram} {
		p := &profiles{}
		set := store.NewTurn(nil, store.Person{}).Begin("profile")
		ev := text("hi")
		ev.Object = object
		h := handling.UserProfile{Fields: []string{"name", "locale"}}
		require.NoError(t, h.Handle(turnctx.WithProfiles(set.Context(t.Context()), p), ev, nil))
		require.Equal(t, []string{"name", "locale"}, p.asked[0].Fields, object)
	}
}

func TestUserProfileValidates(t *testing.T) {
	t.Parallel()
	require.NoError(t, handling.UserProfile{}.Validate())
	require.Error(t, handling.UserProfile{Wait: 2 * time.Second}.Validate())
	require.Error(t, handling.UserProfile{RefreshAfter: -1}.Validate())
}
