package dialog

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
)

// asked is an answer without its type: it returns what it makes of an act, as text, or the refusal.
type asked func(t *testing.T, ev *receiving.Event) (string, error)

func askedBy[T any](a Answer[T]) asked {
	return func(t *testing.T, ev *receiving.Event) (string, error) {
		t.Helper()
		var v T
		choices, err := a.Choices(in(t, "de_DE"), v)
		require.NoError(t, err)
		key := ""
		if ev.Type == receiving.TypeSimpleText { // as a question does it
			key, _ = choiceOf(in(t, "de_DE"), choices, ev.Text())
		}
		_, err = a.Take(in(t, "de_DE"), Input{Event: ev, Choice: key}, &v)
		if day, ok := any(v).(time.Time); ok {
			return day.Format(time.DateOnly), err
		}
		if file, ok := any(v).(receiving.Attachment); ok {
			v := ""
			if file.Payload != nil {
				v = file.Payload.URL
			}
			return v, err
		}
		return fmt.Sprint(v), err
	}
}

func attached(of receiving.Type, text string, all ...receiving.Attachment) *receiving.Event {
	return &receiving.Event{Type: of, Payload: &receiving.Message{Text: text, Attachments: all}}
}

func imageAt(url string) receiving.Attachment {
	return receiving.Attachment{Type: "image", Payload: &receiving.AttachmentPayload{URL: url}}
}

// Every answer gets every input: it makes a value of it, or refuses it with its own reason.
func TestEveryAnswerWithEveryInput(t *testing.T) {
	t.Parallel()
	answers := map[string]asked{
		"one of": askedBy(OneOf(Opt("S", "Small"), Opt("L", "Large"))), "some of": askedBy(SomeOf("Done", Opt("ham", "Ham"), Opt("egg", "Egg"))),
		"text": askedBy(Text()), "number": askedBy(Number(math.Inf(-1), math.Inf(1))), "whole": askedBy(Whole(0, 100)), "date": askedBy(Date()),
		"e-mail": askedBy(Email()), "phone": askedBy(Phone()), "place": askedBy(Place()), "file": askedBy(File()),
		"picture": askedBy(File(receiving.TypeImage)), "function": askedBy(AnswerFunc(takeText, nil)),
	}
	reasons := map[string]string{
		"one of": refuseChoice, "some of": refuseChoice, "text": refuseText, "number": refuseNumber, "whole": refuseWholeBetween, "date": refuseDate,
		"e-mail": refuseEmail, "phone": refusePhone, "place": refusePlace, "file": refuseFile, "picture": refuseImage, "function": refuseText,
	}
	sticker := attached(receiving.TypeSticker, "", receiving.Attachment{Type: "image", Payload: &receiving.AttachmentPayload{URL: "https://x/thumb", StickerID: "369239263222822"}})
	nowhere := func(p *receiving.AttachmentPayload) *receiving.Event {
		return attached(receiving.TypeLocation, "", receiving.Attachment{Type: "location", Payload: p})
	}
	texts := func(v string) map[string]string { return map[string]string{"text": v, "function": v} }
	long := strings.Repeat("a", 20_000)
	for name, c := range map[string]struct {
		in   *receiving.Event
		want map[string]string // of those that take it
	}{
		"20,000 letters":         {wrote(long), texts(long)},
		"20,000 digits":          {wrote(strings.Repeat("1", 20_000)), texts(strings.Repeat("1", 20_000))},
		"20,000 points":          {wrote(strings.Repeat(".", 20_000)), texts(strings.Repeat(".", 20_000))},
		"20,000 commas":          {wrote(strings.Repeat("ham,", 5_000)), map[string]string{"some of": "[ham]", "text": strings.Repeat("ham,", 5_000), "function": strings.Repeat("ham,", 5_000)}},
		"an emoji":               {wrote("😀🎉"), texts("😀🎉")},
		"emoji with a selector":  {wrote("❤️"), texts("❤️")},
		"marks of the direction": {wrote("\u200f\u202e\u2066\u200e\u2069"), nil},
		"invisible":              {wrote("\u200b\ufeff \u2060\u3164\u2800"), nil},
		"a title in marks":       {wrote("\u202eSmall\u202c\u200f"), map[string]string{"one of": "S", "text": "Small\u200f", "function": "Small\u200f"}},
		"NUL":                    {wrote("\x00"), nil},
		"NUL in a title":         {wrote("Sm\x00all"), map[string]string{"one of": "S", "text": "Small", "function": "Small"}},
		"no UTF-8":               {wrote("\xff\xfe"), nil},
		"no UTF-8 in a text":     {wrote("caf\xff"), texts("caf\uFFFD")},
		"spaces":                 {wrote(" \n\t\u00a0 "), nil},
		"nothing":                {wrote(""), nil},
		"no payload":             {&receiving.Event{Type: receiving.TypeSimpleText}, nil},
		"a picture":              {attached(receiving.TypeImage, "", imageAt("https://x/1")), map[string]string{"file": "https://x/1", "picture": "https://x/1"}},
		"a picture with a text":  {attached(receiving.TypeImage, "Small", imageAt("https://x/1")), map[string]string{"file": "https://x/1", "picture": "https://x/1", "text": "Small", "function": "Small"}},
		"several pictures":       {attached(receiving.TypeImage, "", imageAt("https://x/1"), imageAt("https://x/2")), map[string]string{"file": "https://x/1", "picture": "https://x/1"}},
		"a file and a picture": {
			attached(receiving.TypeFile, "", receiving.Attachment{Type: "file", Payload: &receiving.AttachmentPayload{URL: "https://x/pdf"}}, imageAt("https://x/2")),
			map[string]string{"file": "https://x/pdf", "picture": "https://x/2"},
		},
		"a picture without a URL":    {attached(receiving.TypeImage, "", receiving.Attachment{Type: "image"}, imageAt("")), nil},
		"a sticker":                  {sticker, nil},
		"no attachment":              {attached(receiving.TypeImage, ""), nil},
		"a location":                 {nowhere(&receiving.AttachmentPayload{Coordinates: &receiving.Coordinates{Lat: 52.5, Long: 13.4}}), map[string]string{"place": "{52.5 13.4}"}},
		"no coordinates":             {nowhere(&receiving.AttachmentPayload{}), nil},
		"no payload of a location":   {nowhere(nil), nil},
		"coordinates off the globe":  {nowhere(&receiving.AttachmentPayload{Coordinates: &receiving.Coordinates{Lat: 91, Long: 13}}), nil},
		"coordinates that are none":  {nowhere(&receiving.AttachmentPayload{Coordinates: &receiving.Coordinates{Lat: math.NaN(), Long: math.Inf(1)}}), nil},
		"an e-mail with a name":      {wrote("Ada <ada@example.com>"), map[string]string{"e-mail": "ada@example.com", "text": "Ada <ada@example.com>", "function": "Ada <ada@example.com>"}},
		"a phone of another country": {wrote("+49 (0)30 123 456"), map[string]string{"phone": "+4930123456", "text": "+49 (0)30 123 456", "function": "+49 (0)30 123 456"}},
		"a phone from a contact":     {wrote("\u202a+1 (202) 555-0147\u202c"), map[string]string{"phone": "+12025550147", "text": "+1 (202) 555-0147", "function": "+1 (202) 555-0147"}},
		"a postal code":              {wrote("10115 Berlin"), texts("10115 Berlin")},
		"a ZIP code":                 {wrote("12345-6789"), texts("12345-6789")},
		"a Brazilian postal code":    {wrote("01310-100"), texts("01310-100")},
		"a date":                     {wrote("24.12.2026"), map[string]string{"date": "2026-12-24", "text": "24.12.2026", "function": "24.12.2026"}},
		"a number in full width":     {wrote("４２"), map[string]string{"number": "42", "whole": "42", "text": "４２", "function": "４２"}},
		"a number out of bounds":     {wrote("4200"), map[string]string{"number": "4200", "text": "4200", "function": "4200"}},
	} {
		for kind, answer := range answers {
			got, err := answer(t, c.in)
			want, takes := c.want[kind]
			if !takes {
				text := refusedWith(t, err)
				if text != refuseUnit { // a number with a text behind it
					require.Equal(t, reasons[kind], text, "%s: %s", name, kind)
				}
				continue
			}
			require.NoError(t, err, "%s: %s", name, kind)
			require.Equal(t, want, got, "%s: %s", name, kind)
		}
	}
}
