package graph

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// timeLayouts are how the platform writes times that are no numbers. The first, 2022-07-12T19:11:07+0000, lacks the colon
// of RFC 3339.
var timeLayouts = []string{"2006-01-02T15:04:05-0700", time.RFC3339}

const (
	firstMilliseconds = 100_000_000_000     // as seconds the year 5138, as milliseconds 1973
	lastMilliseconds  = 253_402_300_799_999 // of the year 9999, the last that JSON can write
)

// decodeTime returns a time in UTC, whether the platform writes seconds or milliseconds since 1970, as a number or as a
// string, or a date. The zero time stands for none, for 0, by which the platform means never, and for what is no time.
func decodeTime(raw json.RawMessage) time.Time {
	text := strings.TrimSpace(decodeText(raw))
	if number, err := strconv.ParseInt(text, 10, 64); err == nil {
		switch {
		case number <= 0 || number > lastMilliseconds:
			return time.Time{}
		case number >= firstMilliseconds:
			return time.UnixMilli(number).UTC()
		}
		return time.Unix(number, 0).UTC()
	}
	for _, layout := range timeLayouts {
		if date, err := time.Parse(layout, text); err == nil {
			return date.UTC()
		}
	}
	return time.Time{}
}
