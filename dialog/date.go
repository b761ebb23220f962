package dialog

import (
	"context"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/store"
)

const (
	refuseDate   = "Please write a date, such as %{example}."
	refuseNoDate = "There is no such date. Please write it once more."
)

// Date asks for a day: midnight of it, UTC. It reads
//
//	2026-12-24, 2026/12/24       in every language
//	24.12.2026, 24/12/26, 24-12  in the order of the person's language and region
//	24 December, December 24th   with the names of months
//	today, tomorrow              by the person's time zone, if their profile has one, or else UTC
//
// Without a year it is the next such day, today included. Names of months, "today" and
// "tomorrow" are read in English, and in the person's language as far as the bot's catalogue
// translates the message ids "January" to "December", "today" and "tomorrow"; a translation may
// have alternatives, as in "Januar|Jan|Jänner". Calendars other than the Gregorian one are not
// read. It is shown in digits in the order of the language; in English with the name of the month.
//
// Languages that write the year or the month first are Chinese, Japanese, Korean, Hungarian,
// Lithuanian and Mongolian, and English of the United States; all others count as writing the
// day first.
func Date() Answer[time.Time] { return AnswerFunc(takeDate, showDate) }

func takeDate(ctx context.Context, in Input) (time.Time, error) {
	now := personsTime(ctx)
	date, found, valid := parseDate(ctx, in.Event.Text(), now)
	switch {
	case !found:
		example := time.Date(now.Year(), time.December, 24, 0, 0, 0, 0, time.UTC)
		return date, &RefusalError{Text: refuseDate, Values: map[string]string{"example": showDate(ctx, example)}}
	case !valid:
		return date, Refuse(refuseNoDate)
	}
	return date, nil
}

// personsTime is the time where the person is, as far as that is known.
func personsTime(ctx context.Context) time.Time {
	now := handling.Now(ctx).UTC()
	if zone := store.PersonFrom(ctx).Profile.Timezone; zone != nil && *zone >= -14 && *zone <= 14 {
		now = now.Add(time.Duration(*zone * float64(time.Hour)))
	}
	return now
}

// parseDate reads a date. found is false for what is none, and valid for a day that does not
// exist.
func parseDate(ctx context.Context, text string, now time.Time) (date time.Time, found, valid bool) {
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	switch {
	case oneOfWords(ctx, "today", text):
		return today, true, true
	case oneOfWords(ctx, "tomorrow", text):
		return today.AddDate(0, 0, 1), true, true
	}
	parts := dateParts(ctx, text)
	year, month, day, ok := ordered(parts, orderOf(languageOf(ctx)))
	if !ok {
		return date, false, false
	}
	if year >= 0 {
		date, valid = day1(year, month, day)
		return date, true, valid
	}
	for year = today.Year(); year <= today.Year()+8; year++ { // 29 February may be that far
		if date, valid = day1(year, month, day); valid && !date.Before(today) {
			return date, true, true
		}
	}
	return date, true, false
}

// day1 returns a day, if it exists.
func day1(year, month, day int) (time.Time, bool) {
	date := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return date, date.Year() == year && int(date.Month()) == month && date.Day() == day
}

// datePart is a number or the name of a month.
type datePart struct {
	n      int
	digits int // how many digits it was written with
	month  bool
}

// dateParts cuts a text into numbers and months; nil if it has anything else.
func dateParts(ctx context.Context, text string) []datePart {
	text = digits(strings.ToLower(norm.NFKC.String(text)))
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" .,/-–年月日년월일\u00a0\u202f", r) })
	if len(words) < 2 || len(words) > 4 {
		return nil
	}
	var parts []datePart
	for _, word := range words {
		number := strings.TrimRightFunc(word, unicode.IsLetter)
		n, err := strconv.Atoi(number)
		switch suffix := strings.TrimPrefix(word, number); {
		case err == nil && len(number) <= 4 && (suffix == "" || isOrdinal(suffix)):
			parts = append(parts, datePart{n: n, digits: len(number)})
		case monthOf(ctx, word) > 0:
			parts = append(parts, datePart{n: monthOf(ctx, word), month: true})
		case word == "of" || word == "de" || word == "the": // 24 de diciembre
		default:
			return nil
		}
	}
	return parts
}

func isOrdinal(suffix string) bool {
	return suffix == "st" || suffix == "nd" || suffix == "rd" || suffix == "th" || suffix == "er" || suffix == "º"
}

// monthOf returns the number of a month by its name; 0 for what is none. English names may be
// cut to three letters or more.
func monthOf(ctx context.Context, word string) int {
	for m := time.January; m <= time.December; m++ {
		if len(word) >= 3 && strings.HasPrefix(strings.ToLower(m.String()), word) || word == "sept" && m == time.September || oneOfWords(ctx, m.String(), word) {
			return int(m)
		}
	}
	return 0
}

// ordered finds year, month and day among the parts; the year is -1 if there is none.
func ordered(parts []datePart, order dateOrder) (year, month, day int, ok bool) {
	if len(parts) < 2 || len(parts) > 3 {
		return 0, 0, 0, false
	}
	var numbers []datePart
	for _, p := range parts {
		switch {
		case !p.month:
			numbers = append(numbers, p)
		case month == 0:
			month = p.n
		default:
			return 0, 0, 0, false
		}
	}
	year = -1
	switch {
	case numbers[0].digits >= 3: // a year in front, in every language
		year, numbers = numbers[0].n, numbers[1:]
		order = yearFirst
	case len(numbers) == 3-min(month, 1) && order == yearFirst && month == 0:
		year, numbers = fullYear(numbers[0]), numbers[1:]
	case len(numbers) == 3-min(month, 1):
		year, numbers = fullYear(numbers[len(numbers)-1]), numbers[:len(numbers)-1]
	}
	switch {
	case month > 0 && len(numbers) == 1:
		return year, month, numbers[0].n, numbers[0].digits <= 2
	case month > 0 || len(numbers) != 2 || numbers[0].digits > 2 || numbers[1].digits > 2:
		return 0, 0, 0, false
	case order == dayFirst:
		return year, numbers[1].n, numbers[0].n, true
	}
	return year, numbers[0].n, numbers[1].n, true
}

// fullYear takes two digits for a year of this century.
func fullYear(p datePart) int {
	if p.digits <= 2 {
		return 2000 + p.n
	}
	return p.n
}
