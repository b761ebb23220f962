package dialog

import (
	"context"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/internal/cldrdates"
)

// read reads a date within the bounds, or refuses the text.
func (b dateBounds) read(ctx context.Context, text string) (time.Time, error) {
	words := dateWordsFor(ctx)
	text = foldDate(digits(norm.NFKC.String(text)))
	dates, weekday, found := b.spoken(ctx, text, words)
	if !found {
		var parts dateParts
		if len(text) <= maxNumber {
			if parts, found = partsOf(text, words); found {
				weekday = parts.weekday
				dates, found = b.written(ctx, parts)
			}
		}
	}
	var fit, within []time.Time
	for _, date := range dates {
		if weekday == 0 || int(date.Weekday())+1 == weekday {
			fit = append(fit, date)
		}
	}
	for _, date := range fit {
		if b.has(date) {
			within = append(within, date)
		}
	}
	switch {
	case !found:
		return time.Time{}, &RefusalError{Text: refuseDate, Values: map[string]string{"example": exampleDate(ctx, b.example())}}
	case len(dates) == 0:
		return time.Time{}, Refuse(refuseNoDate)
	case len(fit) == 0:
		return time.Time{}, &RefusalError{Text: refuseWeekday, Values: map[string]string{"date": showDate(ctx, dates[0])}}
	case len(within) == 0:
		return time.Time{}, b.refuse(ctx)
	case len(within) == 1:
		return within[0], nil
	}
	shown := make([]string, len(within))
	for i, date := range within {
		shown[i] = showDate(ctx, date)
	}
	return time.Time{}, &RefusalError{Text: refuseWhichDate, Values: map[string]string{"dates": strings.Join(shown, " / ")}}
}

// spoken reads words such as "tomorrow" and "next Friday".
func (b dateBounds) spoken(ctx context.Context, text string, words []*dateWords) (dates []time.Time, weekday int, found bool) {
	if text == "" {
		return nil, 0, false
	}
	short := text
	for _, w := range words {
		for { // "on Friday"
			first, rest, ok := strings.Cut(short, " ")
			if !ok || !w.fillers[first] {
				break
			}
			short = rest
		}
	}
	for _, said := range []string{text, short} {
		for _, w := range words {
			if days, ok := w.relative[said]; ok {
				for _, n := range days {
					dates = append(dates, b.today.AddDate(0, 0, n))
				}
				return dates, 0, true
			}
			if day := w.next[said]; day > 0 {
				return b.nextWeekday(day), day, true
			}
			if day := w.this[said]; day > 0 {
				return b.weekday(day)[:1], day, true
			}
		}
		if day := weekdayOf(said, words); day > 0 {
			return b.weekday(day), day, true
		}
		if day := weekdayIn(ctx, "next %{weekday}", said, words); day > 0 {
			return b.nextWeekday(day), day, true
		}
		if day := weekdayIn(ctx, "this %{weekday}", said, words); day > 0 {
			return b.weekday(day)[:1], day, true
		}
	}
	return nil, 0, false
}

// weekdayOf returns the day of the week that a text is; 0 for none.
func weekdayOf(text string, words []*dateWords) int {
	for _, w := range words {
		if is, ok := w.names[text]; ok && is.weekday > 0 {
			return is.weekday
		}
		if is, ok := w.plain[withoutAccents(text)]; ok && is.weekday > 0 {
			return is.weekday
		}
	}
	return 0
}

// weekdayIn returns the day of the week that stands in one of the alternatives of a message id.
func weekdayIn(ctx context.Context, id, text string, words []*dateWords) int {
	translated, _ := i18n.From(ctx).Lookup(id)
	for form := range strings.SplitSeq(id+"|"+translated, "|") {
		before, behind, ok := strings.Cut(form, "%{weekday}")
		before, behind = foldDate(before), foldDate(behind)
		if !ok || before+behind == "" {
			continue
		}
		rest, begins := strings.CutPrefix(text, before)
		rest, ends := strings.CutSuffix(rest, behind)
		if day := weekdayOf(strings.TrimSpace(rest), words); begins && ends && day > 0 {
			return day
		}
	}
	return 0
}

// weekday returns the next such day, and if that is today, the one in a week too. If none is within
// the bounds, it is the last one.
func (b dateBounds) weekday(day int) []time.Time {
	ahead := (day - 1 - int(b.today.Weekday()) + 7) % 7
	dates := []time.Time{b.today.AddDate(0, 0, ahead)}
	if ahead == 0 {
		dates = append(dates, b.today.AddDate(0, 0, 7))
	}
	if before := b.today.AddDate(0, 0, ahead-7); !slices.ContainsFunc(dates, b.has) && b.has(before) {
		return []time.Time{before}
	}
	return dates
}

// nextWeekday returns the next such day, and the one of the next week, which begins on Monday.
func (b dateBounds) nextWeekday(day int) []time.Time {
	ahead := (day-1-int(b.today.Weekday())+6)%7 + 1
	monday := 7 - (int(b.today.Weekday())+6)%7
	week := monday + (day+5)%7
	dates := []time.Time{b.today.AddDate(0, 0, ahead)}
	if week != ahead {
		dates = append(dates, b.today.AddDate(0, 0, week))
	}
	return dates
}

// dateOrder is the order of day and month in digits.
type dateOrder int

const (
	dayFirst dateOrder = iota
	monthFirst
)

// bothOrders are those of which one does not know which one is meant.
var bothOrders = []dateOrder{dayFirst, monthFirst}

// orderIn returns the order in a pattern of CLDR.
func orderIn(pattern string) dateOrder {
	if strings.IndexByte(pattern, 'M') < strings.IndexByte(pattern, 'd') {
		return monthFirst
	}
	return dayFirst
}

// ordersOf returns the orders of day and month in a language; both if only its region would say it.
func ordersOf(tag language.Tag, dates *cldrdates.Dates) []dateOrder {
	if region, confidence := tag.Region(); dates.Name == "en" && (confidence < language.Exact || region.String() != "US") {
		return bothOrders
	}
	return []dateOrder{orderIn(dates.Digits)}
}

// written returns the days that numbers and names may be. found is false if they are none.
func (b dateBounds) written(ctx context.Context, p dateParts) (dates []time.Time, found bool) {
	yearFirst, yearless, orders := false, bothOrders, bothOrders
	if tag, of, known := dateLanguage(ctx); known {
		yearFirst, orders, yearless = strings.HasPrefix(of.Digits, "y"), ordersOf(tag, of), ordersOf(tag, of)
		switch order := orderIn(of.Yearless); {
		case yearFirst:
			yearless = []dateOrder{order}
		case !slices.Contains(orders, order):
			yearless = bothOrders
		}
	}
	if p.points && !yearFirst && slices.Contains(orders, monthFirst) {
		yearless, orders = bothOrders, bothOrders // where the month is first, points are not usual
	}
	n := p.numbers
	year := datePart{n: -1}
	switch complete := len(n) == 3-min(p.month, 1); {
	case !complete:
		orders = yearless
	case n[0].digits == 4:
		year, n, orders = n[0], n[1:], []dateOrder{monthFirst} // as in 2026-12-24, in every language
	case yearFirst && n[len(n)-1].digits < 4:
		year, n = n[0], n[1:]
	case yearFirst:
		year, n, orders = n[len(n)-1], n[:len(n)-1], bothOrders // that is foreign
	default:
		year, n = n[len(n)-1], n[:len(n)-1]
	}
	if len(n) != 2-min(p.month, 1) || slices.ContainsFunc(n, func(part datePart) bool { return part.digits > 2 }) || year.digits == 3 {
		return nil, false
	}
	if p.month > 0 {
		return b.days(year, p.month, n[0].n), true
	}
	for _, of := range [][]dateOrder{orders, bothOrders} { // a day that only the other order has is that
		for _, order := range of {
			month, day := n[0].n, n[1].n
			if order == dayFirst {
				month, day = day, month
			}
			for _, date := range b.days(year, month, day) {
				if !slices.Contains(dates, date) {
					dates = append(dates, date)
				}
			}
		}
		if len(dates) > 0 {
			break
		}
	}
	return dates, true
}

// days returns the day of a month in a year, if it exists. Without a year it is the next one, or if
// only that is within the bounds, the last one.
func (b dateBounds) days(year datePart, month, day int) []time.Time {
	var years []int
	switch {
	case year.digits > 2:
		years = []int{year.n}
	case year.digits > 0:
		years = []int{2000 + year.n, 1900 + year.n}
	default:
		for ahead := range 9 { // 29 February may be that far
			years = append(years, b.today.Year()+ahead)
		}
		for back := range 9 {
			years = append(years, b.today.Year()-back)
		}
	}
	first, found := time.Time{}, false
	for i, y := range years {
		date := time.Date(y, time.Month(month), day, 0, 0, 0, 0, time.UTC)
		exists := month >= 1 && month <= 12 && date.Day() == day
		switch past := date.Before(b.today); {
		case !exists, year.digits == 0 && past != (i >= 9):
		case b.has(date):
			return []time.Time{date}
		case !found:
			first, found = date, true
		}
	}
	if !found {
		return nil
	}
	return []time.Time{first}
}
