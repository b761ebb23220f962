package dialog_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

// order is what the dialog of these tests asks for.
type order struct {
	Size     string   `json:"size"`
	Toppings []string `json:"toppings"`
	Address  string   `json:"address"`
	Right    bool     `json:"right"`
}

type ask[T any] = dialog.Question[order, T]

var (
	askSize = ask[string]{
		Name: "size", Text: "Which size?", Answer: dialog.OneOf(dialog.Opt("S", "Small"), dialog.Opt("L", "Large")),
		Field: func(o *order) *string { return &o.Size },
	}
	askToppings = ask[[]string]{
		Name: "toppings", Text: "Which toppings?", Answer: dialog.SomeOf("Done", dialog.Opt("ham", "Ham"), dialog.Opt("egg", "Egg")),
		Field: func(o *order) *[]string { return &o.Toppings },
	}
	askAddress = ask[string]{Name: "address", Text: "Where to?", Answer: dialog.Text(), Field: func(o *order) *string { return &o.Address }}
	confirm    = ask[bool]{
		Name: "confirm", Text: "%{size}, %{toppings|plain}, to %{address}. All right?",
		Answer: dialog.OneOf(dialog.Opt(true, "Yes"), dialog.Opt(false, "Change the size").To("size")),
		Field:  func(o *order) *bool { return &o.Right },
	}
)

// shop is a bot with dialogs, and a person who talks to it.
type shop struct {
	*messengertest.Chat

	ada   *messengertest.Person
	store *memory.Store
	ahead *atomic.Int64

	mu     sync.Mutex
	placed []order
	errs   []error // what placing an order fails with, next
	dead   []messenger.DeadLetter
}

// pizza is the dialog of a shop.
func (s *shop) pizza() dialog.Dialog[order] {
	return dialog.Dialog[order]{
		Name: "pizza", Help: "You are ordering a pizza.",
		Steps: []dialog.Step[order]{askSize, askToppings, askAddress, confirm},
		Done: func(ctx context.Context, r *dialog.Run[order]) error {
			if err := s.place(*r.State); err != nil {
				return err
			}
			return r.Say(ctx, "Thank you.")
		},
	}
}

func (s *shop) place(o order) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.errs) > 0 {
		err := s.errs[0]
		s.errs = s.errs[1:]
		return err
	}
	s.placed = append(s.placed, o)
	return nil
}

func (s *shop) failing(errs ...error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.errs = errs
}

func (s *shop) orders() []order {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.placed)
}

func (s *shop) deadLetters() []messenger.DeadLetter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.dead)
}

// newShop starts a bot. Its policy is that of policyOf, for the dialogs that opens makes.
func newShop(t *testing.T, policyOf func(s *shop) routing.Policy) *shop {
	t.Helper()
	return newShopWith(t, messenger.Config{}, policyOf)
}

func newShopWith(t *testing.T, config messenger.Config, policyOf func(s *shop) routing.Policy) *shop {
	t.Helper()
	return newShopOn(t, simulator.Config{}, config, policyOf)
}

func newShopOn(t *testing.T, platform simulator.Config, config messenger.Config, policyOf func(s *shop) routing.Policy) *shop {
	t.Helper()
	s := &shop{ahead: &atomic.Int64{}}
	now := func() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) }
	s.store = memory.New(memory.Config{Now: now})
	config.Store, config.Policy = s.store, policyOf(s)
	config.Retry = handling.Retry{Tries: 2, Pauses: []time.Duration{0}}
	config.OnDeadLetter = func(_ context.Context, d messenger.DeadLetter) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.dead = append(s.dead, d)
	}
	platform.Now, platform.Fields = now, append(simulator.DefaultFields(), messengertest.HandoverFields()...)
	s.Chat = messengertest.StartOn(t, platform, config)
	s.Patience = time.Minute
	s.ada = s.Person("Ada", "en_US")
	return s
}

// starting is a policy with dialogs, of which a text starts the first, and routes of its own.
func starting[S any](first dialog.Dialog[S], others ...handling.DialogHandler) routing.Policy {
	p := routing.Policy{
		receiving.TypeDialog: {{Handler: first}},
		receiving.TypeSimpleText: {
			{Handler: first.On(handling.SimpleText{Pattern: "pizza"})},
			{Handler: handling.Dummy{}, Otherwise: true, Senders: sending.List(sending.Text("I only know pizza."))},
		},
	}
	for _, d := range others {
		p[receiving.TypeDialog] = append(p[receiving.TypeDialog], routing.Route{Handler: d})
	}
	return p
}

// says lets the person write, and expects what the bot says to that, and nothing else.
func (s *shop) says(t *testing.T, text string, want ...string) {
	t.Helper()
	s.ahead.Add(int64(time.Second)) // people take time
	s.ada.Says(text)
	s.sees(t, want...)
}

func (s *shop) taps(t *testing.T, title string, want ...string) {
	t.Helper()
	s.ahead.Add(int64(time.Second))
	s.ada.Taps(title)
	s.sees(t, want...)
}

func (s *shop) sees(t *testing.T, want ...string) {
	t.Helper()
	for _, text := range want {
		s.ada.Sees(text)
	}
	s.ada.SeesNothing()
}

// is asserts where the person is; an empty step means in no dialog.
func (s *shop) is(t *testing.T, name, step string) dialog.Open {
	t.Helper()
	s.Idle()
	open, in, err := dialog.Of(t.Context(), s.store, messengertest.PageID, s.ada.ID)
	require.NoError(t, err)
	require.Equal(t, step != "", in, "%+v", open)
	require.Equal(t, [2]string{name, step}, [2]string{open.Dialog, open.Step})
	return open
}

// chips are the titles of those that the person sees now.
func (s *shop) chips() []string {
	var titles []string
	for _, o := range s.Offers(s.ada.ID) {
		titles = append(titles, o.Title)
	}
	return titles
}

// payloadOf is the payload of a chip that the person sees now.
func (s *shop) payloadOf(t *testing.T, title string) string {
	t.Helper()
	for _, o := range s.Offers(s.ada.ID) {
		if o.Title == title {
			return o.Payload
		}
	}
	require.Fail(t, "no such chip", title)
	return ""
}

// config is that of a bot with nothing special.
var config messenger.Config

var errDown = errors.New("the kitchen is down")

var _ dialog.Sessions = store.Store(nil)

// replaceInJSON changes a part of a payload.
func replaceInJSON(payload, before, after string) string {
	return strings.Replace(payload, before, after, 1)
}

// keepSession writes what a program of another version may have written.
func (s *shop) keepSession(t *testing.T, data string) {
	t.Helper()
	s.Idle()
	write := store.SaveSession{PageID: messengertest.PageID, PSID: s.ada.ID, Name: "messenger.dialog", Data: []byte(data)}
	if old, err := s.store.Session(t.Context(), write.PageID, write.PSID, write.Name); err == nil {
		write.Version = old.Version
	}
	require.NoError(t, s.store.Apply(t.Context(), write))
}

// Flushed waits until the platform has delivered what the person did.
func (s *shop) Flushed(t *testing.T) {
	t.Helper()
	require.NoError(t, s.Flush(t.Context()))
}

// waitsFor waits until something is so.
func (*shop) waitsFor(t *testing.T, is func() bool) {
	t.Helper()
	require.Eventually(t, is, time.Minute, 5*time.Millisecond)
}

func pattern(text string) handling.Handler { return handling.SimpleText{Pattern: text} }

// died waits for so many dead letters: the program hears of one after its turn.
func (s *shop) died(t *testing.T, n int) []messenger.DeadLetter {
	t.Helper()
	s.waitsFor(t, func() bool { return len(s.deadLetters()) >= n })
	require.Len(t, s.deadLetters(), n)
	return s.deadLetters()
}

// passes moves the clock.
func (s *shop) passes(d time.Duration) {
	s.Idle()
	s.ahead.Add(int64(d))
}

// timers are those that wait for the person.
func (s *shop) timers(t *testing.T) []messenger.Timer {
	t.Helper()
	s.Idle()
	timers, err := s.Bot.Timers(t.Context(), messengertest.PageID, s.ada.ID, store.TimerQuery{})
	require.NoError(t, err)
	return timers
}
