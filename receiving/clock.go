package receiving

import (
	"strconv"
	"time"
)

const (
	// secondsBelow separates seconds from milliseconds: as seconds it is the year 5138, as milliseconds March 1973.
	secondsBelow = 100_000_000_000
	// lastMilli is the end of the year 9999, the last that time.Time can write as JSON.
	lastMilli = 253_402_300_799_999
)

// parseTime reads a time as the platform writes it: milliseconds or seconds since 1970, or as the Graph API writes times and
// time.Time encodes them. Zero is no time. It is false for what is none of these, or no time from 1970 to the year 9999.
func parseTime(text []byte) (time.Time, bool) {
	n, ok := parseDigits(text)
	if !ok {
		f, err := strconv.ParseFloat(string(text), 64)
		switch {
		case err != nil:
			return parseCalendar(string(text))
		case f < 0 || f > lastMilli || f != f:
			return time.Time{}, false
		case f < secondsBelow:
			f *= 1000
		}
		n = int64(f)
	} else if n < secondsBelow {
		n *= 1000
	}
	if n == 0 {
		return time.Time{}, true
	}
	return time.UnixMilli(n).UTC(), n <= lastMilli
}

// parseCalendar reads a time such as 2026-08-12T19:11:07+0000 or 2026-08-12T19:11:07.5Z.
func parseCalendar(text string) (time.Time, bool) {
	const graph = "2006-01-02T15:04:05-0700"
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t, err = time.Parse(graph, text)
	}
	if n := t.UnixMilli(); err == nil && n > 0 && n <= lastMilli {
		return time.UnixMilli(n).UTC(), true
	}
	return time.Time{}, false
}

// parseDigits reads up to 15 digits.
func parseDigits(text []byte) (n int64, ok bool) {
	if len(text) == 0 || len(text) > 15 {
		return 0, false
	}
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}
