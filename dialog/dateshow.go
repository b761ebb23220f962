package dialog

import (
	"context"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"

	"github.com/djmessenger/messenger/internal/cldrdates"
)

// showDate shows a date with the name of its month; where that is not known, as 2026-12-24.
func showDate(ctx context.Context, date time.Time) string {
	tag := languageOf(ctx)
	dates, ok := cldrdates.Of(tag)
	switch {
	case date.IsZero():
		return ""
	case !ok:
		return date.Format(time.DateOnly)
	}
	return formatDate(tag, dates, dates.Long, date)
}

// exampleDate shows a date in the digits and in the order in which the person may write it.
func exampleDate(ctx context.Context, date time.Time) string {
	tag, dates, known := dateLanguage(ctx)
	switch {
	case !known || len(ordersOf(tag, dates)) > 1:
		return showDate(ctx, date)
	case dates.Digits[0] == 'y' && strings.IndexByte(dates.Digits, 'd') < strings.IndexByte(dates.Digits, 'M'):
		return date.Format(time.DateOnly) // what begins with the year is read with the month behind it
	}
	return formatDate(tag, dates, dates.Digits, date)
}

// dateLanguage returns the language in whose order the person writes a date: theirs, or else that of the bot.
func dateLanguage(ctx context.Context) (tag language.Tag, dates *cldrdates.Dates, known bool) {
	for _, of := range []func(context.Context) (language.Tag, bool){ownLanguage, spokenLanguage} {
		if tag, known := of(ctx); known {
			if dates, ok := cldrdates.Of(tag); ok {
				return tag, dates, true
			}
		}
	}
	return language.Und, nil, false
}

// dateField is a part of a pattern: a run of one letter, or a literal.
type dateField struct {
	letter  rune // 0: literal
	width   int
	literal string
}

// fieldsOf cuts a pattern of CLDR. What is quoted is literal; two quotes are one.
func fieldsOf(pattern string) []dateField {
	var all []dateField
	quoted := false
	literal := func(r rune) {
		if n := len(all); n > 0 && all[n-1].letter == 0 {
			all[n-1].literal += string(r)
			return
		}
		all = append(all, dateField{literal: string(r)})
	}
	runes := []rune(pattern)
	for i := 0; i < len(runes); i++ {
		switch r := runes[i]; {
		case r == '\'' && i+1 < len(runes) && runes[i+1] == '\'':
			literal('\'')
			i++
		case r == '\'':
			quoted = !quoted
		case quoted || !strings.ContainsRune("dMLy", r):
			literal(r)
		case len(all) > 0 && all[len(all)-1].letter == r:
			all[len(all)-1].width++
		default:
			all = append(all, dateField{letter: r, width: 1})
		}
	}
	return all
}

// formatDate writes a date in a pattern of CLDR.
func formatDate(tag language.Tag, dates *cldrdates.Dates, pattern string, date time.Time) string {
	var out strings.Builder
	for _, f := range fieldsOf(pattern) {
		switch month := int(date.Month()); {
		case f.letter == 0:
			out.WriteString(f.literal)
		case f.letter == 'y':
			fmt.Fprintf(&out, "%04d", date.Year())
		case f.letter == 'd':
			fmt.Fprintf(&out, "%0*d", f.width, date.Day())
		case f.width < 3:
			fmt.Fprintf(&out, "%0*d", f.width, month)
		default:
			out.WriteString(dates.Months[month-1][0])
		}
	}
	zero, _ := firstRune(message.NewPrinter(tag).Sprint(number.Decimal(0)))
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return zero + r - '0'
		}
		return r
	}, out.String())
}

func firstRune(text string) (rune, bool) {
	for _, r := range text {
		return r, true
	}
	return '0', false
}
