package i18n

import (
	"strconv"
	"strings"
	"time"

	"github.com/djmessenger/messenger/i18n/internal/cldr"
)

// Style is how much of a date is written.
type Style int

// The styles of dates, as English of the United States writes them.
const (
	Medium Style = iota // Dec 24, 2026
	Short               // 12/24/26
	Long                // December 24, 2026
	Full                // Thursday, December 24, 2026
)

// Date is an argument that is the day of a time. Days are those of the Gregorian calendar.
type Date struct {
	Time  time.Time
	Style Style
}

// Clock is an argument that is the time of day, with hours and minutes: 3:04 PM.
type Clock struct{ Time time.Time }

// DateTime is an argument that is a day and the time of day. A [time.Time] by itself is one in style [Medium].
type DateTime struct {
	Time  time.Time
	Style Style // of the date
}

// maxOffset is the largest offset from UTC that a time zone of the world has, in hours.
const maxOffset = 14

// Zone returns the time zone of an offset from UTC in hours, as the platform gives it, such as 5.75 for Nepal. It returns
// nil for what is no offset: NaN, and more than 14 hours. The platform does not know when summer time begins: the offset is
// the one at the time of the profile.
func Zone(hours float64) *time.Location {
	if !(hours >= -maxOffset && hours <= maxOffset) {
		return nil
	}
	minutes := int(hours*60 + 0.5)
	if hours < 0 {
		minutes = -int(-hours*60 + 0.5)
	}
	sign, size := "+", minutes
	if minutes < 0 {
		sign, size = "-", -minutes
	}
	return time.FixedZone("UTC"+sign+twoDigits(size/60)+":"+twoDigits(size%60), minutes*60)
}

func twoDigits(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// index returns where the table has a style; what is none is Medium.
func (s Style) index() int {
	switch s {
	case Short:
		return 0
	case Long:
		return 2
	case Full:
		return 3
	case Medium:
	}
	return 1
}

func appendDate(out []byte, l *cldr.Locale, t time.Time, s Style) []byte {
	return appendTime(out, l, l.Dates[s.index()], t)
}

func appendClock(out []byte, l *cldr.Locale, t time.Time) []byte {
	return appendTime(out, l, l.Times[0], t)
}

func appendDateTime(out []byte, l *cldr.Locale, t time.Time, s Style) []byte {
	glue := l.Glue[s.index()]
	for glue != "" {
		at := strings.IndexByte(glue, '{')
		if at < 0 {
			return appendTime(out, l, glue, t)
		}
		out = appendTime(out, l, glue[:at], t)
		if strings.HasPrefix(glue[at:], "{1}") {
			out = appendDate(out, l, t, s)
		} else {
			out = appendClock(out, l, t)
		}
		glue = glue[at+len("{0}"):]
	}
	return out
}

// appendTime writes a pattern of CLDR: letters are fields, and text stands in quotes.
func appendTime(out []byte, l *cldr.Locale, pattern string, t time.Time) []byte {
	for i := 0; i < len(pattern); {
		c := pattern[i]
		if c == '\'' {
			end := strings.IndexByte(pattern[i+1:], '\'')
			if end < 0 {
				return append(out, pattern[i+1:]...)
			}
			if end == 0 {
				out = append(out, '\'')
			}
			out = append(out, pattern[i+1:i+1+end]...)
			i += end + 2
			continue
		}
		if c|0x20 < 'a' || c|0x20 > 'z' {
			out = append(out, c)
			i++
			continue
		}
		size := 1
		for i+size < len(pattern) && pattern[i+size] == c {
			size++
		}
		out = appendField(out, l, c, size, t)
		i += size
	}
	return out
}

// appendField writes one field, by its letter and how often it stands there.
func appendField(out []byte, l *cldr.Locale, letter byte, size int, t time.Time) []byte {
	switch letter {
	case 'y':
		year := t.Year()
		if size == 2 {
			return appendInt(out, l, year%100, 2)
		}
		return appendInt(out, l, year, size)
	case 'M':
		switch month := int(t.Month()); {
		case size >= 4:
			return append(out, l.Months[month-1]...)
		case size == 3:
			return append(out, l.MonthsShort[month-1]...)
		default:
			return appendInt(out, l, month, size)
		}
	case 'd':
		return appendInt(out, l, t.Day(), size)
	case 'E':
		if size < 4 {
			return append(out, l.DaysShort[t.Weekday()]...)
		}
		return append(out, l.Days[t.Weekday()]...)
	case 'c':
		return append(out, l.DaysAlone[t.Weekday()]...)
	case 'H':
		return appendInt(out, l, t.Hour(), size)
	case 'h':
		return appendInt(out, l, (t.Hour()+11)%12+1, size)
	case 'm':
		return appendInt(out, l, t.Minute(), size)
	case 'a':
		return append(out, l.Halves[t.Hour()/12]...)
	case 'B':
		return append(out, period(l, t.Hour())...)
	case 'G':
		return append(out, l.Era...)
	}
	return out
}

// period returns the part of the day that an hour is in.
func period(l *cldr.Locale, hour int) string {
	name := l.Periods[len(l.Periods)-1].Name
	for _, p := range l.Periods {
		if p.From <= hour {
			name = p.Name
		}
	}
	return name
}

func appendInt(out []byte, l *cldr.Locale, n, size int) []byte {
	digits := strconv.Itoa(n)
	for range size - len(digits) {
		out = appendDigit(out, l, '0')
	}
	for i := range len(digits) {
		if digits[i] == '-' {
			out = append(out, '-')
			continue
		}
		out = appendDigit(out, l, digits[i])
	}
	return out
}
