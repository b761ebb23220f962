package sending_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

func TestPaceTypesOneMessageAfterAnother(t *testing.T) {
	t.Parallel()
	const (
		ms    = time.Millisecond
		limit = 5 * time.Second
	)
	text := func(n int) sending.Message { return sending.Text(strings.Repeat("字", n)) }
	mark := func(at time.Duration) sending.Message { return sending.TypingOn.Message().After(at) }
	image := sending.Image("https://a.example/b")
	human := sending.Text("a").WithTag(sending.TagHumanAgent)
	toLin := sending.Text("a").To(sending.Recipient{ID: "lin"})
	toLin.PersonaID = "p"
	private := sending.Text("a").To(sending.Recipient{CommentID: "c"})
	markLin := mark(0).To(sending.Recipient{ID: "lin"})
	markLin.PersonaID = "p"
	for name, c := range map[string]struct {
		pace     sending.Pace
		messages []sending.Message
		want     []sending.Message
	}{
		"nothing": {},
		"defaults": {
			messages: []sending.Message{text(1), text(40), text(2000), image},
			want: []sending.Message{
				mark(0), text(1).After(time.Second),
				mark(time.Second), text(40).After(3 * time.Second),
				mark(3 * time.Second), text(2000).After(3*time.Second + limit),
				mark(3*time.Second + limit), image.After(4*time.Second + limit),
			},
		},
		"own pace": {
			pace:     sending.Pace{PerSecond: 3, Min: time.Second, Max: 20 * time.Second},
			messages: []sending.Message{text(2), text(31), text(100)},
			want: []sending.Message{
				mark(0), text(2).After(time.Second),
				mark(time.Second), text(31).After(11333 * ms),
				mark(11333 * ms), text(100).After(31333 * ms),
			},
		},
		"a maximum below the default minimum": {
			pace:     sending.Pace{Max: 100 * ms},
			messages: []sending.Message{text(100)},
			want:     []sending.Message{mark(0), text(100).After(100 * ms)},
		},
		"sender actions take no time": {
			messages: []sending.Message{sending.MarkSeen.Message(), text(20), sending.ReactTo("m", "👍"), text(20)},
			want: []sending.Message{
				sending.MarkSeen.Message(), mark(0), text(20).After(time.Second),
				sending.ReactTo("m", "👍").After(time.Second), mark(time.Second), text(20).After(2 * time.Second),
			},
		},
		"what waits is typed when its time has come": {
			messages: []sending.Message{text(20).After(time.Hour), text(21), text(22).After(time.Second)},
			want: []sending.Message{
				mark(0), text(21).After(1050 * ms),
				mark(1050 * ms), text(22).After(2150 * ms),
				mark(time.Hour), text(20).After(time.Hour + time.Second),
			},
		},
		"for somebody else, by a persona": {messages: []sending.Message{toLin}, want: []sending.Message{markLin, toLin.After(time.Second)}},
		"no mark outside of the window":   {messages: []sending.Message{human}, want: []sending.Message{human.After(time.Second)}},
		"no mark for a private reply":     {messages: []sending.Message{private}, want: []sending.Message{private.After(time.Second)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, c.pace.Validate())
			got := c.pace.Type(c.messages...)
			require.ElementsMatch(t, c.want, got)
			for i := range c.want {
				require.Equal(t, c.want[i], got[i])
				require.NoError(t, got[i].Validate(""))
			}
		})
	}
}

func TestTypingComposesWhatItsSendersDo(t *testing.T) {
	t.Parallel()
	ctx := sending.WithValues(t.Context(), map[string]string{"name": "Ada"})
	boom := sending.Func(func(context.Context, *receiving.Event) ([]sending.Message, error) { return nil, errBoom })
	typing := sending.Typing{Senders: sending.List(sending.SimpleMessage{Text: "Hi, %{name}!"}, sending.Text("Bye!"))}
	got, err := typing.Compose(ctx, &receiving.Event{})
	require.NoError(t, err)
	require.Equal(t, sending.Pace{}.Type(sending.Text("Hi, Ada!"), sending.Text("Bye!")), got)

	typing.Senders = append(typing.Senders, boom)
	got, err = typing.Compose(ctx, &receiving.Event{})
	require.ErrorIs(t, err, errBoom)
	require.Empty(t, got)
}

// What a route sends goes out in the order of its senders, whatever of it is
// typed.
func TestTypingKeepsTheOrderOfItsRoute(t *testing.T) {
	t.Parallel()
	second := sending.Pace{PerSecond: 1000, Min: time.Second} // each message takes a second
	typing := func(senders ...sending.Sender) sending.Typing { return sending.Typing{Senders: senders, Pace: second} }
	pointer := typing(sending.Text("b"))
	for name, c := range map[string]struct {
		senders []sending.Sender
		want    string // each message at its second
	}{
		"after it":             {sending.List(typing(sending.Text("a"), sending.Text("b")), sending.Text("c"), sending.Text("d")), "0… 1a 1… 2b 2c 2d"},
		"before it":            {sending.List(sending.Text("a"), typing(sending.Text("b")), sending.Text("c")), "0a 0… 1b 1c"},
		"two of them":          {sending.List(typing(sending.Text("a"), sending.Text("b")), typing(sending.Text("c"))), "0… 1a 1… 2b 2… 3c"},
		"one between":          {sending.List(typing(sending.Text("a")), sending.Text("b"), typing(sending.Text("c")), sending.Text("d")), "0… 1a 1b 1… 2c 2d"},
		"a pointer":            {sending.List(sending.Text("a"), &pointer, sending.Text("c")), "0a 0… 1b 1c"},
		"one inside":           {sending.List(typing(sending.Text("a"), typing(sending.Text("b")), sending.Text("c")), sending.Text("d")), "0… 1a 1… 2b 2… 3c 3d"},
		"an action after":      {sending.List(typing(sending.Text("a")), sending.SenderAction{Action: sending.MarkSeen}), "0… 1a 1mark_seen"},
		"a longer delay":       {sending.List(typing(sending.Text("a")), sending.After(time.Minute, sending.Text("c")), sending.Text("b")), "0… 1a 60c 1b"},
		"a shorter delay":      {sending.List(typing(sending.Text("a"), sending.Text("b")), sending.After(time.Second, sending.Text("c"))), "0… 1a 1… 2b 2c"},
		"a delay inside":       {sending.List(typing(sending.Text("a"), sending.Text("z").After(time.Minute)), sending.Text("b")), "0… 1a 60… 61z 1b"},
		"a delay that is over": {sending.List(typing(sending.Text("a"), sending.Text("b").After(time.Second)), sending.Text("c")), "0… 1a 1… 2b 2c"},
		"typed later":          {sending.List(sending.After(time.Minute, typing(sending.Text("z"))), sending.Text("a")), "60… 61z 0a"},
		"nothing typed":        {sending.List(typing(sending.Func(func(context.Context, *receiving.Event) ([]sending.Message, error) { return nil, nil })), sending.Text("a")), "0a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var rec sending.Recorder
			ev := &receiving.Event{Type: receiving.TypeSimpleText, PSID: "42", Payload: &receiving.Message{Text: "hi"}}
			require.NoError(t, rec.Replier(ev).Send(t.Context(), c.senders...))
			var got []string
			for _, m := range rec.Messages() {
				what := m.Text
				if m.SenderAction != "" {
					what = strings.ReplaceAll(m.Kind(), "typing_on", "…")
				}
				got = append(got, fmt.Sprint(m.Delay.Seconds())+what)
			}
			require.Equal(t, c.want, strings.Join(got, " "))
		})
	}
}

func TestSendQueuesNothingIfASenderFails(t *testing.T) {
	t.Parallel()
	ev := &receiving.Event{Type: receiving.TypeSimpleText, PSID: "42", Payload: &receiving.Message{Text: "hi"}}
	boom := sending.Func(func(context.Context, *receiving.Event) ([]sending.Message, error) { return nil, errBoom })
	var rec sending.Recorder
	require.ErrorIs(t, rec.Replier(ev).Send(t.Context(), sending.Text("a"), boom), errBoom)
	err := rec.Replier(ev).Send(t.Context(), sending.Text("a"), sending.Text(""))
	require.Equal(t, []string{"messages[0].text"}, fields(err))
	require.NoError(t, rec.Replier(ev).Send(t.Context()))
	require.Empty(t, rec.Messages())
}

var errBoom = errors.New("boom")

func TestTypingReportsItsMistakes(t *testing.T) {
	t.Parallel()
	some := sending.List(sending.Text("a"))
	for name, c := range map[string]struct {
		typing sending.Typing
		want   string
	}{
		"no senders":           {sending.Typing{}, "sending: Typing has no senders"},
		"nil sender":           {sending.Typing{Senders: sending.List(sending.Text("a"), nil)}, "sending: senders[1]: is nil"},
		"nil pointer":          {sending.Typing{Senders: sending.List((*sending.SimpleMessage)(nil))}, "sending: senders[0]: is nil"},
		"nil function":         {sending.Typing{Senders: sending.List(sending.Func(nil))}, "sending: senders[0]: is nil"},
		"a sender's mistake":   {sending.Typing{Senders: sending.List(sending.SimpleMessage{})}, "sending: senders[0].text: is missing"},
		"a message's mistake":  {sending.Typing{Senders: sending.List(sending.Action("dance").Message())}, "sending: senders[0].sender_action"},
		"typing inside of it":  {sending.Typing{Senders: sending.List(sending.Typing{})}, "sending: senders[0]: Typing has no senders"},
		"negative speed":       {sending.Typing{Senders: some, Pace: sending.Pace{PerSecond: -1}}, "sending: pace.per_second: -1 is negative"},
		"negative minimum":     {sending.Typing{Senders: some, Pace: sending.Pace{Min: -1}}, "sending: pace.min: -1ns is not between 0 and the maximum of 5s"},
		"minimum over maximum": {sending.Typing{Senders: some, Pace: sending.Pace{Min: 6 * time.Second}}, "sending: pace.min: 6s is not"},
		"negative maximum":     {sending.Typing{Senders: some, Pace: sending.Pace{Max: -1}}, "sending: pace.max: -1ns is not between 0 and 20s"},
		"longer than the mark": {sending.Typing{Senders: some, Pace: sending.Pace{Max: 21 * time.Second}}, "sending: pace.max: 21s is not"},
	} {
		require.ErrorContains(t, c.typing.Validate(), c.want, name)
	}
	require.NoError(t, sending.Typing{Senders: sending.List(sending.Text("a"), sending.Default{}, sending.LongText{Text: "a"})}.Validate())
}
