package routing_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

// acts has the methods that a handler must have, for structs that embed several bases.
type acts struct{}

func (acts) ShouldHandle(context.Context, *receiving.Event) bool                  { return true }
func (acts) Handle(context.Context, *receiving.Event, *sending.Replier) error     { return nil }
func (acts) Compose(context.Context, *receiving.Event) ([]sending.Message, error) { return nil, nil }
func (acts) Match(context.Context, *receiving.Event) bool                         { return true }
func (acts) String() string                                                       { return "acts" }

// Bases are a level below, so that they do not hide what acts has.
type (
	quickReply struct {
		handling.QuickReplyBase[payload.None]
	}
	button struct {
		handling.PostbackBase[payload.None]
	}
	profile struct{ handling.UserProfile }
	message struct{ sending.SimpleMessage }
	onText  struct{ routing.Text }
	onRef   struct{ routing.Ref }
	onAll   struct{ routing.All }
	onAny   struct{ routing.Any }
)

// Helper embeds two bases and writes nothing; what embeds it may.
type Helper struct {
	quickReply
	button
}

// library is a type of another package, with an embedded pointer of its own that is nil.
type library struct{ *internals }

type internals struct{ Calls int }

type (
	twoKinds struct {
		acts
		quickReply
		button
	}
	twoKindsDeeper struct {
		acts
		Helper
	}
	twoProfiles struct {
		acts
		profile
		also
	}
	twoMessages struct {
		acts
		message
		alsoMessage
	}
	twoTexts struct {
		acts
		onText
		onRef
	}
	twoGroups struct {
		acts
		onAll
		onAny
	}
	usesLibrary struct {
		acts
		library
	}
	also        struct{ handling.UserProfile }
	alsoMessage struct{ sending.SimpleMessage }
)

// answersForAll writes what its helper hides.
type answersForAll struct{ twoKindsDeeper }

func (answersForAll) Validate() error             { return nil }
func (answersForAll) Handles(receiving.Type) bool { return true }
func (answersForAll) PayloadRefs() []payload.Ref  { return nil }

// answersForSome leaves one out.
type answersForSome struct{ twoKinds }

func (answersForSome) Validate() error             { return nil }
func (answersForSome) Handles(receiving.Type) bool { return true }

func TestEmbeddedTypesThatHideEachOthersMethods(t *testing.T) {
	t.Parallel()
	answer := sending.List(sending.Text("a"))
	for name, c := range map[string]struct {
		route routing.Route
		want  string
	}{
		"handlers":              {routing.Route{Handler: twoKinds{}}, "handler routing_test.twoKinds: the embedded quickReply and another embedded type hide each other's Validate, Handles, PayloadRefs; write"},
		"handlers by pointer":   {routing.Route{Handler: &twoKinds{}}, "the embedded quickReply and another embedded type hide each other's Validate, Handles, PayloadRefs;"},
		"handlers in a helper":  {routing.Route{Handler: twoKindsDeeper{}}, "the embedded quickReply and another embedded type hide each other's Validate, Handles, PayloadRefs;"},
		"what runs first":       {routing.Route{Handler: twoProfiles{}}, "the embedded profile and another embedded type hide each other's Validate, Handles, RunsFirst;"},
		"senders":               {routing.Route{Handler: handling.Dummy{}, Senders: sending.List(twoMessages{})}, "senders[0] routing_test.twoMessages: the embedded message and another embedded type hide each other's Validate;"},
		"conditions":            {routing.Route{When: twoTexts{}, Senders: answer}, "When routing_test.twoTexts: the embedded onText and another embedded type hide each other's Validate, Handles, Values;"},
		"groups":                {routing.Route{When: routing.Not{Condition: twoGroups{}}, Senders: answer}, "the embedded onAll and another embedded type hide each other's Values, Parts;"},
		"one of them":           {routing.Route{Handler: answersForSome{}}, "the embedded quickReply and another embedded type hide each other's PayloadRefs;"},
		"none of them":          {routing.Route{Handler: answersForAll{}}, ""},
		"a library's own parts": {routing.Route{Handler: usesLibrary{}}, ""},
	} {
		got := lines(routing.Policy{receiving.TypeSimpleText: {c.route}})
		if c.want == "" {
			require.Empty(t, got, name)
			continue
		}
		require.Len(t, got, 1, name)
		require.Contains(t, got[0], c.want, name)
	}
}
