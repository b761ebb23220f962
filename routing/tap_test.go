package routing_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

var yes = payload.New[payload.None]("YES")

func onYes(context.Context, *receiving.Event, payload.None, *sending.Replier) error { return nil }

// tapped returns a tap of each type, with the payload YES where the type lets it have one.
func tapped(t *testing.T) []*receiving.Event {
	t.Helper()
	text := &receiving.Event{Type: receiving.TypeSimpleText, PSID: "42", Payload: &receiving.Message{Text: "Yes"}}
	taps := []*receiving.Event{text.AsQuickReply("Yes", "YES"), text.AsPostback("Yes", "YES")}
	for _, typ := range receiving.Types() {
		if typ.IsTap() && typ != receiving.TypeQuickReply && typ != receiving.TypePostback {
			tap := text.AsPostback("Yes", string(typ))
			require.Equal(t, typ, tap.Type)
			taps = append(taps, tap)
		}
	}
	require.Len(t, taps, 8)
	return taps
}

func fired(explained []routing.Explanation) []string {
	var out []string
	for _, e := range explained {
		if e.Fires {
			out = append(out, e.Route)
		}
	}
	return out
}

func TestOneRouteServesEveryTap(t *testing.T) {
	t.Parallel()
	policy := compile(t, routing.Policy{
		receiving.TypeTap:     {{Name: "yes", Handler: handling.OnPayload(yes, onYes), Senders: sending.List(sending.Text("Good."))}},
		receiving.TypeDefault: {{Name: "all", Handler: handling.Dummy{}}},
	})
	for i, tap := range tapped(t) {
		explained := policy.Explain(t.Context(), tap)
		want := []string{"all", "yes"}
		if i > 1 {
			want = want[:1] // the menu's own payload
		}
		require.Equal(t, want, fired(explained), tap.Type)
		require.Equal(t, i < 2, explained[1].Answers, tap.Type)
	}
	require.Equal(t, []string{"all"}, fired(policy.Explain(t.Context(), event(receiving.TypeSimpleText))), "a text is no tap")
	standby := tapped(t)[0]
	standby.Standby = true
	require.Equal(t, []string{"all"}, fired(policy.Explain(t.Context(), standby)))
}

func TestTapRoutesComeAfterThoseOfTheOwnType(t *testing.T) {
	t.Parallel()
	for _, tap := range tapped(t) {
		policy := func(own ...routing.Route) compiled {
			return compile(t, routing.Policy{
				receiving.TypeTap:     {{Name: "tap", Handler: refuses{}}, {Name: "fallback", Handler: handling.Dummy{}, Otherwise: true}},
				tap.Type:              own,
				receiving.TypeDefault: {{Name: "all", Handler: handling.Dummy{}}},
			})
		}
		c := policy(routing.Route{Name: "own", Handler: handling.Dummy{}})
		require.Equal(t, []string{"all", "own", "tap", "fallback"}, names(c.Steps(tap)))
		require.Equal(t, []string{"all", "own"}, fired(c.Explain(t.Context(), tap)), "the own type has handled it")
		require.Equal(t, []string{"all", "fallback"}, fired(policy().Explain(t.Context(), tap)), "a route under DEFAULT does not count")
		require.Equal(t, []string{"all", "own"}, fired(policy(routing.Route{Name: "own", Handler: handling.Dummy{}, Final: true}).Explain(t.Context(), tap)))
	}
}

type refuses struct{ handling.Dummy }

func (refuses) ShouldHandle(context.Context, *receiving.Event) bool { return false }

func offered(offers ...routing.Offer) routing.Offers {
	return func(context.Context, *receiving.Event) ([]routing.Offer, error) { return offers, nil }
}

func TestTypedTaps(t *testing.T) {
	t.Parallel()
	menu := payload.New[payload.None](payload.PersistentMenuTwo)
	policy := compile(t, routing.Policy{
		receiving.TypeDefault: {{Name: "all", Handler: handling.Dummy{}}},
		receiving.TypeQuickReply: {
			{Name: "quick reply", Handler: handling.OnPayload(yes, onYes), TypedTaps: true},
			{Name: "tap only", Handler: handling.OnPayload(yes, onYes)},
		},
		receiving.TypeTap:        {{Name: "menu", Handler: handling.OnPayload(menu, onYes), TypedTaps: true}},
		receiving.TypeSimpleText: {{Name: "text", Handler: handling.Dummy{}}},
	})
	typed := func(text string) *receiving.Event {
		return &receiving.Event{Type: receiving.TypeSimpleText, PSID: "42", Payload: &receiving.Message{Text: text}}
	}
	quickReply := routing.Offer{Title: "Straße", Payload: "YES", QuickReply: true}
	item := routing.Offer{Title: "Open the menu", Payload: payload.PersistentMenuTwo}
	for name, c := range map[string]struct {
		text   string
		offers []routing.Offer
		want   []string
		tap    receiving.Type
	}{
		"nothing was offered":        {"Straße", nil, []string{"all", "text"}, ""},
		"another text":               {"Strasse 5", []routing.Offer{quickReply}, []string{"all", "text"}, ""},
		"the title":                  {"Straße", []routing.Offer{quickReply}, []string{"all", "quick reply"}, receiving.TypeQuickReply},
		"in other letters":           {" STRASSE\n", []routing.Offer{quickReply}, []string{"all", "quick reply"}, receiving.TypeQuickReply},
		"the title of a menu's item": {"open the MENU", []routing.Offer{quickReply, item}, []string{"all", "menu"}, receiving.TypePersistentMenuTwo},
		"accents in two parts":       {"cafe\u0301", []routing.Offer{{Title: "CAFÉ", Payload: "YES", QuickReply: true}}, []string{"all", "quick reply"}, receiving.TypeQuickReply},
		"the newest offer wins": {"Straße", []routing.Offer{{Title: "straße", Payload: "NO", QuickReply: true}, quickReply},
			[]string{"all", "text"}, receiving.TypeQuickReply},
		"no route for that type":   {"Straße", []routing.Offer{{Title: "Straße", Payload: "YES"}}, []string{"all", "text"}, receiving.TypePostback},
		"an offer without payload": {"Straße", []routing.Offer{{Title: "Straße", QuickReply: true}, quickReply}, []string{"all", "quick reply"}, receiving.TypeQuickReply},
		"white space":              {" ", []routing.Offer{{Title: " ", Payload: "YES", QuickReply: true}}, []string{"all", "text"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := routing.WithOffers(t.Context(), offered(c.offers...))
			require.Equal(t, c.want, fired(policy.Explain(ctx, typed(c.text))))
			plan, err := policy.Plan(ctx, typed(c.text))
			require.NoError(t, err)
			if c.tap == "" {
				require.Nil(t, plan.Tap)
				return
			}
			require.Equal(t, c.tap, plan.Tap.Type)
			for _, s := range plan.Steps {
				want := receiving.TypeSimpleText
				if s.Typed {
					want = c.tap
				}
				require.Equal(t, want, plan.Event(s).Type, s.Name)
				if s.Typed && c.tap == receiving.TypeQuickReply {
					require.True(t, slices.ContainsFunc(c.offers, func(o routing.Offer) bool { return o.Title == plan.Event(s).Text() }), "the text is the title, as of a real tap")
				}
			}
		})
	}
}

func TestOffersAreAskedOnlyForTextsThatMayBeTaps(t *testing.T) {
	t.Parallel()
	fault := errors.New("the store is gone")
	ctx := routing.WithOffers(t.Context(), func(context.Context, *receiving.Event) ([]routing.Offer, error) { return nil, fault })
	typed := compile(t, routing.Policy{receiving.TypeTap: {{Handler: handling.OnPayload(yes, onYes), TypedTaps: true}}})
	_, err := typed.Plan(ctx, event(receiving.TypeSimpleText))
	require.ErrorIs(t, err, fault)
	standby := event(receiving.TypeSimpleText)
	standby.Standby = true
	for _, ev := range append(tapped(t), event(receiving.TypeImage), standby) {
		_, err := typed.Plan(ctx, ev)
		require.NoError(t, err, ev.Type)
	}
	_, err = compile(t, routing.BuiltIn()).Plan(ctx, event(receiving.TypeSimpleText))
	require.NoError(t, err, "no route takes typed taps")
}
