package engine_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/simulator"
)

// withoutFields is a platform that answers a look-up of a profile with a refusal if it asks for
// certain fields, and notes what each one asked for.
type withoutFields struct {
	bubble.InProcess
	refused map[string]bool
	people  map[string]bool // of whom everything is refused
	refusal string

	mu    sync.Mutex
	asked []string
}

func (p *withoutFields) RoundTrip(r *http.Request) (*http.Response, error) {
	fields := r.URL.Query().Get("fields")
	if r.Method != http.MethodGet || fields == "" {
		return p.InProcess.RoundTrip(r)
	}
	p.mu.Lock()
	p.asked = append(p.asked, fields)
	p.mu.Unlock()
	refuse := p.people[r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]]
	for field := range strings.SplitSeq(fields, ",") {
		refuse = refuse || p.refused[field]
	}
	if !refuse {
		return p.InProcess.RoundTrip(r)
	}
	return &http.Response{StatusCode: 400, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(p.refusal)), Request: r}, nil
}

// calls returns what was asked for since it was last called.
func (p *withoutFields) calls() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked := p.asked
	p.asked = nil
	return asked
}

const (
	allFields   = "first_name,last_name,profile_pic,locale,timezone,gender"
	basics      = "first_name,last_name,profile_pic"
	notAllowed  = `{"error":{"message":"(#100) No profile available for this user.","type":"OAuthException","code":100,"error_subcode":2018247}}`
	noSuchField = `{"error":{"message":"(#100) Tried accessing nonexisting field (locale) on node type (User)","type":"OAuthException","code":100}}`
	noScope     = `{"error":{"message":"(#10) This endpoint requires the 'pages_user_gender' permission","type":"OAuthException","code":10}}`
	noPersonNow = `{"error":{"message":"Object with ID does not exist","type":"GraphMethodException","code":100,"error_subcode":33}}`
)

func TestRefusedProfileFieldCostsThatField(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		refused []string
		refusal string
		first   []string // what the first person's look-up asks for, in any order
		next    string   // what the next person's asks for
		locale  string
		gender  string
		zone    bool
	}{
		"three, as the platform says it without permissions": {
			[]string{"locale", "timezone", "gender"}, notAllowed,
			[]string{allFields, basics, "locale", "timezone", "gender"}, basics, "", "", false,
		},
		"one of the three": {
			[]string{"gender"}, notAllowed,
			[]string{allFields, basics, "locale", "timezone", "gender"}, basics + ",locale,timezone", "en_US", "", true,
		},
		"one that the message names": {
			[]string{"locale"}, noSuchField,
			[]string{allFields, basics + ",timezone,gender", "locale"}, basics + ",timezone,gender", "", "female", true,
		},
		"a missing permission": {
			[]string{"gender"}, noScope,
			[]string{allFields, basics, "locale", "timezone", "gender"}, basics + ",locale,timezone", "en_US", "", true,
		},
		"one of the basic fields": {
			[]string{"profile_pic"}, notAllowed,
			[]string{allFields, basics, "first_name", "last_name", "profile_pic", "locale", "timezone", "gender"},
			"first_name,last_name,locale,timezone,gender", "en_US", "female", true,
		},
		"none": {nil, notAllowed, []string{allFields}, allFields, "en_US", "female", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			platform := &withoutFields{refused: map[string]bool{}, refusal: c.refusal}
			for _, field := range c.refused {
				platform.refused[field] = true
			}
			cfg := config{Policy: byName, HTTPClient: &http.Client{Transport: platform}}
			inBubble(t, simulator.Config{}, cfg, func(w *world) {
				platform.Handler = func() http.Handler { return w.Simulator }
				var people []string
				for i := range 2 {
					p, err := w.AddPerson(simulator.Person{FirstName: fmt.Sprint("P", i), LastName: "L", Locale: "en_US", Timezone: 1, Gender: "female"})
					require.NoError(t, err)
					people = append(people, p.ID)
				}
				w.Says(people[0], "hi")
				after(time.Second)
				require.Equal(t, []string{"P0"}, w.Texts(people[0]), "the first answer knows the name")
				require.ElementsMatch(t, c.first, platform.calls())
				got := w.Person(people[0]).Profile
				require.Equal(t, "P0", got.FirstName)
				require.Equal(t, "L", got.LastName)
				require.Equal(t, c.locale, got.Locale)
				require.Equal(t, c.gender, got.Gender)
				require.Equal(t, c.zone, got.Timezone != nil)
				require.False(t, w.Person(people[0]).ProfileRefused)

				w.Says(people[1], "hi")
				after(time.Second)
				require.Equal(t, []string{c.next}, platform.calls(), "the page's next look-up asks only for what is allowed")
				require.Equal(t, []string{"P1"}, w.Texts(people[1]))
			})
		})
	}
}

// TestRefusalOfAPersonIsNotThePages: of a person whose profile is refused as a whole nothing is
// learnt about the page.
func TestRefusalOfAPersonIsNotThePages(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		refusal      string
		first, again int // calls for the first and for the second such person
	}{
		"in the words of a missing permission": {notAllowed, 8, 2},
		"not there":                            {noPersonNow, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			platform := &withoutFields{people: map[string]bool{ada: true, lin: true}, refusal: c.refusal}
			cfg := config{Policy: byName, HTTPClient: &http.Client{Transport: platform}}
			inBubble(t, simulator.Config{}, cfg, func(w *world) {
				platform.Handler = func() http.Handler { return w.Simulator }
				w.Says(ada, "hi")
				after(time.Second)
				require.Len(t, platform.calls(), c.first)
				require.Equal(t, []string{"nobody"}, w.Texts(ada))
				require.True(t, w.Person(ada).ProfileRefused)
				w.Says(lin, "hi")
				after(time.Second)
				require.Len(t, platform.calls(), c.again)
				other, err := w.AddPerson(simulator.Person{FirstName: "Other"})
				require.NoError(t, err)
				w.Says(other.ID, "hi")
				after(time.Second)
				require.Equal(t, []string{allFields}, platform.calls())
				require.Equal(t, []string{"Other"}, w.Texts(other.ID))
			})
		})
	}
}

// TestBurstFindsRefusedFieldsOnce: of many new people at once one look-up finds out what is
// refused, and the others wait for it.
func TestBurstFindsRefusedFieldsOnce(t *testing.T) {
	t.Parallel()
	const people = 40
	platform := &withoutFields{refused: map[string]bool{"gender": true}, refusal: notAllowed}
	cfg := config{Policy: byName, HTTPClient: &http.Client{Transport: platform}}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		platform.Handler = func() http.Handler { return w.Simulator }
		w.Fault(simulator.Fault{Match: gets, Times: -1, Delay: 100 * time.Millisecond, Effect: true})
		var ids []string
		for i := range people {
			p, err := w.AddPerson(simulator.Person{FirstName: fmt.Sprint("P", i), Locale: "en_US"})
			require.NoError(t, err)
			ids = append(ids, p.ID)
			_, err = w.Say(t.Context(), p.ID, "hi")
			require.NoError(t, err)
		}
		after(time.Minute)
		for i, id := range ids {
			require.Equal(t, fmt.Sprint("P", i), w.Person(id).Profile.FirstName)
			require.Equal(t, "en_US", w.Person(id).Profile.Locale)
		}
		alone := 0
		calls := platform.calls()
		for _, fields := range calls {
			if fields == "gender" {
				alone++
			}
		}
		require.Equal(t, 1, alone)
		require.LessOrEqual(t, len(calls), 2*people+4, "at most one refused call each, and the parts once")
	})
}
