package simulator

import (
	"fmt"
	"slices"
	"strings"
)

// actFields are the fields of each type of act, besides the type.
var actFields = map[string][]string{
	ActSay: {"text"}, ActComment: {"text"}, ActPost: {"text"},
	ActReply: {"mid", "text"}, ActEdit: {"mid", "text"}, ActUnsend: {"mid"},
	ActQuickReply: {"title", "payload"}, ActMenu: {"title", "payload"}, ActOldQuickReply: {"title", "payload"}, ActOldButton: {"title", "payload"},
	ActButton: {"title", "payload", "mid"}, ActIceBreaker: {"title"}, ActGetStarted: {}, ActRead: {},
	ActSticker: {"sticker_id"}, ActAttachment: {"kind", "url", "urls"}, ActLocation: {"latitude", "longitude", "title"},
	ActReact: {"mid", "emoji"}, ActUnreact: {"mid", "emoji"}, ActLink: {"ref"}, ActOptIn: {"ref"}, ActAccountLinking: {"code"},
	ActStoryReply: {"url", "text"}, ActStoryMention: {"url"}, ActAd: {"ad_id", "ref", "title"}, ActCoupon: {"mid"},
	ActFeedback: {"mid", "answer", "text"}, ActInformation: {"mid", "answers"},
	ActNotificationOptIn: {"mid"}, ActNotificationStop: {}, ActNotificationResume: {},
}

// actOrder is an act as a request has it: coordinates that are left out are not 0, which is a valid coordinate.
type actOrder struct {
	Act

	Latitude  *float64 `json:"latitude"`
	Longitude *float64 `json:"longitude"`
}

// act checks that the fields are those of the type. A field that has no effect is a mistake of the test that sent it.
func (o actOrder) act() (Act, error) {
	a := o.Act
	fields, known := actFields[a.Type]
	if !known {
		return a, nil // Do refuses it
	}
	for _, f := range []struct {
		name  string
		given bool
	}{
		{"mid", a.MID != ""}, {"text", a.Text != ""}, {"title", a.Title != ""}, {"payload", a.Payload != ""}, {"sticker_id", a.StickerID != ""},
		{"kind", a.Kind != ""}, {"url", a.URL != ""}, {"latitude", o.Latitude != nil}, {"longitude", o.Longitude != nil},
		{"emoji", a.Emoji != ""}, {"ref", a.Ref != ""}, {"code", a.Code != ""},
		{"urls", len(a.URLs) > 0}, {"ad_id", a.AdID != ""}, {"answer", a.Answer != ""}, {"answers", len(a.Answers) > 0},
	} {
		belongs := slices.Contains(fields, f.name)
		switch {
		case f.given && !belongs && len(fields) == 0:
			return a, &controlError{err: fmt.Errorf("simulator: an act of type %s has no field %q, only its type", a.Type, f.name), field: f.name}
		case f.given && !belongs:
			return a, &controlError{err: fmt.Errorf("simulator: an act of type %s has no field %q, only %s", a.Type, f.name, strings.Join(fields, ", ")), field: f.name}
		case !f.given && belongs && (f.name == "latitude" || f.name == "longitude" || f.name == "mid" && needsMID(a.Type)):
			return a, &controlError{err: fmt.Errorf("simulator: %s is missing", f.name), field: f.name}
		}
	}
	if a.Type == ActLocation {
		a.Latitude, a.Longitude = *o.Latitude, *o.Longitude
	}
	return a, nil
}

// needsMID reports whether an act is about a message. A reply without one is a text.
func needsMID(kind string) bool {
	return slices.Contains([]string{ActEdit, ActReact, ActUnreact, ActUnsend}, kind)
}
