package handling_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/memory"
)

func text(s string) *receiving.Event {
	return &receiving.Event{
		Key: "k", Type: receiving.TypeSimpleText, PageID: "1", PSID: "42",
		Payload: &receiving.Message{MID: "m", Text: s},
	}
}

func postback(t receiving.Type, data string) *receiving.Event {
	return &receiving.Event{Key: "k", Type: t, PageID: "1", PSID: "42", Payload: &receiving.Postback{Payload: data}}
}

func quickReply(data string) *receiving.Event {
	return &receiving.Event{
		Key: "k", Type: receiving.TypeQuickReply, PageID: "1", PSID: "42",
		Payload: &receiving.Message{Text: "tap", QuickReply: &receiving.QuickReply{Payload: data}},
	}
}

// handle runs a handler in a turn and returns what it wrote and said.
func handle(t *testing.T, h handling.Handler, ev *receiving.Event) ([]store.Write, *sending.Recorder, *sending.Replier) {
	t.Helper()
	require.True(t, h.ShouldHandle(t.Context(), ev))
	set := store.NewTurn(memory.New(memory.Config{}), store.Person{PageID: ev.PageID, PSID: ev.PSID}).Begin("test")
	var rec sending.Recorder
	reply := rec.Replier(ev)
	require.NoError(t, h.Handle(set.Context(t.Context()), ev, reply))
	return set.End(), &rec, reply
}

func TestTextMatchesTheWholeText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"hi", "hi", true},
		{"hi", "Hi", false},
		{"(?i)hi", "Hi", true},
		{"hi", "hi there", false},
		{"hi", "oh hi", false},
		{"hi", "hi\n", false},
		{"hi|hello", "hello", true},
		{"hi|hello", "hi hello", false},
		{"", "anything", true},
		{"", "", false},
		{".*", "", false},
		{"你好", "你好", true},
		{`(?m)^a$`, "b\na\nc", false},
	} {
		got := handling.TextBase{Pattern: c.pattern}.ShouldHandle(t.Context(), text(c.text))
		require.Equal(t, c.want, got, "%q on %q", c.pattern, c.text)
	}
}

func TestSimpleTextIgnoresSpaceAtTheEnds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, text string
		want, exact   bool
	}{
		{"hi", "hi", true, true},
		{"hi", "hi ", true, false},
		{"hi", " hi", true, false},
		{"hi", "\u00a0\thi\r\n", true, false},
		{"hi there", "hi  there", false, false},
		{"hi", "h i", false, false},
		{"(?m)hi", "hi\nho", false, false},
		{"hi ", "hi ", false, true},
		{"", " ", true, true},
		{"", "", false, false},
		{`\s+`, "  ", false, true},
	} {
		h := handling.SimpleText{Pattern: c.pattern}
		require.Equal(t, c.want, h.ShouldHandle(t.Context(), text(c.text)), "%q on %q", c.pattern, c.text)
		h.Exact = true
		require.Equal(t, c.exact, h.ShouldHandle(t.Context(), text(c.text)), "%q on %q, exact", c.pattern, c.text)
		base := handling.TextBase{Pattern: c.pattern}
		require.Equal(t, c.exact, base.ShouldHandle(t.Context(), text(c.text)), "%q on %q, the base", c.pattern, c.text)
		base.TrimSpace = true
		require.Equal(t, c.want, base.ShouldHandle(t.Context(), text(c.text)), "%q on %q, the base, trimmed", c.pattern, c.text)
	}
	_, _, reply := handle(t, handling.SimpleText{Pattern: `order (?P<rest>.*)`}, text(" order 47 11 "))
	require.Equal(t, map[string]string{"rest": "47 11"}, reply.Values())
}

func TestTextIsOnlyWhatAPersonWrote(t *testing.T) {
	t.Parallel()
	echo := text("hi")
	echo.Payload.(*receiving.Message).IsEcho = true
	require.False(t, handling.TextBase{}.ShouldHandle(t.Context(), echo))
	require.False(t, handling.TextBase{}.ShouldHandle(t.Context(), postback(receiving.TypePostback, "hi")))
}

func TestPatternThatClosesItsGroupIsRefused(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{"(", "a)|(b", "[", `(?<!a)b`, `(a)\1`} {
		require.Error(t, handling.SimpleText{Pattern: pattern}.Validate(), pattern)
		require.False(t, handling.SimpleText{Pattern: pattern}.ShouldHandle(t.Context(), text("a)|(b")), pattern)
	}
	require.NoError(t, handling.SimpleText{Pattern: "hi|hello"}.Validate())
}

func TestSimpleTextGivesItsNamedGroups(t *testing.T) {
	t.Parallel()
	h := handling.SimpleText{Pattern: `order (?P<number>\d+)(?: for (?P<name>\w+))?`}
	_, _, reply := handle(t, h, text("order 4711"))
	require.Equal(t, map[string]string{"number": "4711"}, reply.Values())
	_, _, reply = handle(t, h, text("order 1 for Ada"))
	require.Equal(t, map[string]string{"number": "1", "name": "Ada"}, reply.Values())
}

func TestSaveMessageKeepsTheEvent(t *testing.T) {
	t.Parallel()
	ev := text("hi")
	ev.Raw, ev.Object, ev.Standby = []byte(`{"message":{}}`), receiving.ObjectInstagram, true
	writes, _, _ := handle(t, handling.SaveMessage{}, ev)
	require.Equal(t, []store.Write{store.SaveMessage{Received: store.Received{
		PageID: "1", PSID: "42", Key: "k", Type: "SIMPLE_TEXT", Object: "instagram", Standby: true, Body: ev.Raw,
	}}}, writes)
}

func sticker(id string) *receiving.Event {
	return &receiving.Event{Type: receiving.TypeSticker, PageID: "1", PSID: "42", Payload: &receiving.Message{
		Attachments: []receiving.Attachment{{Type: "sticker", Payload: &receiving.AttachmentPayload{StickerID: id}}},
	}}
}

func TestThumbUpCountsTheThreeThumbs(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]bool{
		"369239263222822": true, "369239343222814": true, "369239383222810": true,
		"126361874215276810": false, "822": false, "": false,
	} {
		require.Equal(t, want, handling.ThumbUp{}.ShouldHandle(t.Context(), sticker(id)), id)
	}
	writes, _, _ := handle(t, handling.ThumbUp{}, sticker("369239263222822"))
	require.Equal(t, []store.Write{store.AddThumbUp{PageID: "1", PSID: "42"}}, writes)
}

func TestLocationKeepsEachPlace(t *testing.T) {
	t.Parallel()
	place := func(lat float64) receiving.Attachment {
		return receiving.Attachment{Type: "location", Title: "Here", Payload: &receiving.AttachmentPayload{
			Coordinates: &receiving.Coordinates{Lat: lat, Long: 121.5},
		}}
	}
	ev := &receiving.Event{Type: receiving.TypeLocation, PageID: "1", PSID: "42", Payload: &receiving.Message{
		MID: "m", Attachments: []receiving.Attachment{place(25), {Type: "location"}, {Type: "image"}, place(26)},
	}}
	writes, _, _ := handle(t, handling.Location{}, ev)
	require.Equal(t, []store.Write{
		store.AddLocation{Location: store.Location{PageID: "1", PSID: "42", MID: "m", Title: "Here", Latitude: 25, Longitude: 121.5}},
		store.AddLocation{Location: store.Location{PageID: "1", PSID: "42", MID: "m", Title: "Here", Latitude: 26, Longitude: 121.5}},
	}, writes)
	ev.Payload = &receiving.Message{Attachments: []receiving.Attachment{{Type: "location"}}}
	require.False(t, handling.Location{}.ShouldHandle(t.Context(), ev))
}

type size struct{ Size string }

func TestTypedPayloads(t *testing.T) {
	t.Parallel()
	kind := payload.New[size]("order.size", payload.Alias("shop.payload.SizePayload"))
	other := payload.New[size]("order.color")
	data := kind.MustEncode(size{"L"})
	var got []string
	take := handling.OnPayload(kind, func(_ context.Context, _ *receiving.Event, s size, _ *sending.Replier) error {
		got = append(got, s.Size)
		return nil
	})
	for _, ev := range []*receiving.Event{
		quickReply(data), postback(receiving.TypePostback, data),
		postback(receiving.TypePostback, `{"payload_class":"shop.payload.SizePayload","Size":"XL"}`),
	} {
		handle(t, take, ev)
	}
	require.Equal(t, []string{"L", "L", "XL"}, got)
	for _, ev := range []*receiving.Event{
		quickReply(other.MustEncode(size{"L"})), quickReply("L"), quickReply(""), text(data), postback(receiving.TypePostback, ""),
	} {
		require.False(t, take.ShouldHandle(t.Context(), ev))
	}

	// A payload that claims to be of the kind and does not decode is not retried.
	broken := quickReply(`{"kind":"order.size","data":{"Size":7}}`)
	require.True(t, take.ShouldHandle(t.Context(), broken))
	err := take.Handle(t.Context(), broken, nil)
	require.Error(t, err)
	require.True(t, handling.IsPermanent(err))
}

func TestOnTakesEventsWithThatPayload(t *testing.T) {
	t.Parallel()
	var title string
	h := handling.On(func(_ context.Context, _ *receiving.Event, p *receiving.Postback, _ *sending.Replier) error {
		title = p.Title
		return nil
	})
	ev := postback(receiving.TypePostback, "x")
	ev.Payload.(*receiving.Postback).Title = "Buy"
	handle(t, h, ev)
	require.Equal(t, "Buy", title)
	require.False(t, h.ShouldHandle(t.Context(), text("hi")))
	require.ErrorIs(t, h.Handle(t.Context(), text("hi"), nil), handling.Skip)
}

func TestNilFunctionsAreFoundWhenTheBotIsBuilt(t *testing.T) {
	t.Parallel()
	on := handling.On[*receiving.Postback](nil)
	require.Error(t, on.(handling.Validator).Validate())
	onPayload := handling.OnPayload[size](payload.New[size]("a"), nil)
	require.Error(t, onPayload.(handling.Validator).Validate())
}

func TestPermanent(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	require.NoError(t, handling.Permanent(nil))
	err := fmt.Errorf("wrapped: %w", handling.Permanent(boom))
	require.True(t, handling.IsPermanent(err))
	require.ErrorIs(t, err, boom)
	require.False(t, handling.IsPermanent(boom))
}

// TestTextsBesideAttachments: what a person writes to a shared link, post or picture is routed under the attachment's type, and is a
// text all the same.
func TestTextsBesideAttachments(t *testing.T) {
	t.Parallel()
	h := handling.SimpleText{Pattern: `(?i)how much.*`}
	for _, typ := range receiving.Types() {
		ev := &receiving.Event{Type: typ, PSID: "42", Payload: &receiving.Message{Text: "How much is it?", IsEcho: typ == receiving.TypeEcho}}
		want := typ.Carries(ev.Payload) && typ != receiving.TypeEcho && typ != receiving.TypeMessageDeleted
		require.Equal(t, want, h.Handles(typ), typ)
		if h.Handles(typ) {
			require.True(t, h.ShouldHandle(t.Context(), ev), typ)
			require.True(t, handling.TextBase{}.ShouldHandle(t.Context(), ev), typ)
		}
	}
	require.True(t, h.Handles(receiving.TypeDefault))
}
