package threadsettings

import (
	"cmp"
	"encoding/json"
	"slices"
)

// IceBreakers are the questions that a person can tap instead of writing the first message, in one locale. A page that has
// them does not show the get-started button. See
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/messenger-profile/ice-breakers.
type IceBreakers struct {
	Items  []IceBreaker // 1 to 4
	Locale string       // such as zh_TW; default: [DefaultLocale]
}

// IceBreaker is one question. A tap is routed as POSTBACK, with the question as its title.
type IceBreaker struct {
	Payload  string // of the postback, 1 to 1000 characters
	Question string // 1 to 80 characters
}

// IceBreakersOf returns the ice breakers of a bot with one language.
func IceBreakersOf(items ...IceBreaker) []IceBreakers {
	return []IceBreakers{{Items: items, Locale: DefaultLocale}}
}

func iceBreakersWithDefaults(blocks []IceBreakers) []IceBreakers {
	blocks = slices.Clone(blocks)
	for i := range blocks {
		blocks[i].Items = slices.Clone(blocks[i].Items)
		blocks[i].Locale = cmp.Or(blocks[i].Locale, DefaultLocale)
	}
	return blocks
}

// wireIceBreakers is one block; wireIceBreaker is an item of it, or of the older form, a list of items for every locale. The
// platform documents both forms.
type wireIceBreakers struct {
	CallToActions []wireIceBreaker `json:"call_to_actions"`
	Locale        string           `json:"locale"`
}

type wireIceBreaker struct {
	Question string `json:"question"`
	Payload  string `json:"payload"`
}

func encodeIceBreakers(blocks []IceBreakers) []wireIceBreakers {
	encoded := make([]wireIceBreakers, len(blocks))
	for i, block := range blocks {
		encoded[i] = wireIceBreakers{Locale: block.Locale}
		for _, item := range block.Items {
			encoded[i].CallToActions = append(encoded[i].CallToActions, wireIceBreaker{Payload: item.Payload, Question: item.Question})
		}
	}
	slices.SortStableFunc(encoded, func(a, b wireIceBreakers) int { return byLocale(a.Locale, b.Locale) })
	return encoded
}

// decodeIceBreakers reads either form, also mixed, and reports whether it is one of them.
func decodeIceBreakers(raw json.RawMessage) (blocks []IceBreakers, ok bool) {
	var found []struct {
		wireIceBreakers
		wireIceBreaker
	}
	if json.Unmarshal(raw, &found) != nil {
		return nil, false
	}
	var flat []IceBreaker
	for _, f := range found {
		if f.CallToActions == nil {
			flat = append(flat, IceBreaker{Payload: f.Payload, Question: f.Question})
			continue
		}
		block := IceBreakers{Locale: cmp.Or(f.Locale, DefaultLocale)}
		for _, item := range f.CallToActions {
			block.Items = append(block.Items, IceBreaker{Payload: item.Payload, Question: item.Question})
		}
		blocks = append(blocks, block)
	}
	if len(flat) > 0 {
		blocks = append(blocks, IceBreakers{Items: flat, Locale: DefaultLocale})
	}
	return blocks, true
}
