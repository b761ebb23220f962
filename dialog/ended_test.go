package dialog_test

import (
	"context"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
)

// An Ended of a program's own says what the dialog would have said without it, by its Words.
func TestAnEndedKeepsTheTextsOfTheDialog(t *testing.T) {
	t.Parallel()
	var reasons []dialog.Reason
	s := newShop(t, func(s *shop) routing.Policy {
		d := s.pizza()
		d.MaxTries, d.Words = 1, dialog.DefaultWords()
		d.Words.Cancelled = "No pizza, then."
		d.Ended = func(ctx context.Context, r *run, why dialog.Reason) error {
			reasons = append(reasons, why)
			return r.SayEnded(ctx, why)
		}
		return starting(d)
	})
	s.says(t, "pizza", "Which size?")
	s.says(t, "cancel", "No pizza, then.")
	s.says(t, "pizza", "Which size?")
	s.says(t, "huge", "I do not understand that, so I have stopped.")
	s.says(t, "pizza", "Which size?")
	s.passes(30 * time.Minute)
	s.sees(t, "I have not heard from you, so I have stopped.")
	s.Idle()
	require.Equal(t, []dialog.Reason{dialog.Cancelled, dialog.Stuck, dialog.TimedOut}, reasons)
}

// Explain says of an answer to an obsolete request what a turn does with it.
func TestExplainLeavesAnObsoleteAnswerToTheRoutesOfSignals(t *testing.T) {
	t.Parallel()
	u := withTill(t, asIs)
	u.says(t, "pizza", "Which size?")
	u.says(t, "small", "A Small one, then?")
	u.says(t, "yes", "Please pay.")
	fires := func(request string) (routes []string, why string) {
		all, err := u.Bot.Explain(t.Context(), &receiving.Event{
			Key: "k", Type: receiving.TypeSignal, Object: receiving.ObjectPage, PageID: messengertest.PageID, PSID: u.ada.ID,
			Payload: &receiving.Signal{Payload: paid.MustEncodeSignal(payment{Order: request})},
		})
		require.NoError(t, err)
		for _, e := range all {
			if e.Fires {
				routes = append(routes, e.Route)
			}
		}
		return routes, all[0].Why
	}
	routes, _ := fires(u.requests()[0])
	require.Equal(t, []string{"DIALOG/0"}, routes)
	routes, why := fires("obsolete")
	require.Equal(t, []string{"SIGNAL/0"}, routes)
	require.Equal(t, "dialog pizza waits at step paid, and leaves the event to other routes", why)
}

// The words that a catalogue may add to the dates are no problem where it does not.
func TestWordsThatACatalogueMayAddAreNoProblem(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.New(map[string]map[string]string{"de": {"tomorrow": "anderntags"}})
	require.NoError(t, err)
	ctx := i18n.With(t.Context(), catalog.For("de_DE"))
	for _, said := range []string{"anderntags", "24.12.2030", "kommenden Freitag"} {
		var day time.Time
		_, err := dialog.Date().Take(ctx, dialog.Input{Event: &receiving.Event{Type: receiving.TypeSimpleText, Payload: &receiving.Message{Text: said}}}, &day)
		if _, refused := err.(*dialog.RefusalError); !refused { //nolint:errorlint // it is returned as it is
			require.NoError(t, err)
		}
	}
	require.Empty(t, catalog.Problems())
}

func TestTheDocumentationListsAllWords(t *testing.T) {
	t.Parallel()
	docs, err := os.ReadFile("../docs/dialogs.md")
	require.NoError(t, err)
	words := reflect.ValueOf(dialog.DefaultWords())
	for i := range words.NumField() {
		require.Contains(t, string(docs), "| `"+words.Type().Field(i).Name+"` | "+strings.ReplaceAll(words.Field(i).String(), "|", `\|`)+" |")
	}
}

// A run that was stored under names that are aliases now is where its step is now.
func TestOfNamesADialogAndItsStepAsTheyAreCalledNow(t *testing.T) {
	t.Parallel()
	s := ordering(t)
	s.says(t, "pizza", "Which size?")
	s.Idle()
	d := s.pizza()
	d.Name, d.Aliases, d.Steps = "order", []string{"pizza"}, renamed()
	for _, known := range []handling.DialogHandler{d, d.Prepare()} {
		open, in, err := dialog.Of(t.Context(), s.store, messengertest.PageID, s.ada.ID, dialog.Unknown(nil), known)
		require.NoError(t, err)
		require.True(t, in)
		require.Equal(t, [2]string{"order", "portion"}, [2]string{open.Dialog, open.Step})
	}
	open, _, err := dialog.Of(t.Context(), s.store, messengertest.PageID, s.ada.ID)
	require.NoError(t, err)
	require.Equal(t, [2]string{"pizza", "size"}, [2]string{open.Dialog, open.Step})
}
