package dialog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/store"
)

const (
	refuseDate        = "Please write a date, such as %{example}."
	refuseNoDate      = "There is no such date. Please write it once more."
	refuseWhichDate   = "Which day do you mean: %{dates}?"
	refuseWeekday     = "%{date} is another day of the week. Please write the date once more."
	refuseDateFrom    = "Please write a date from %{first} on."
	refuseDateTo      = "Please write a date up to %{last}."
	refuseDateBetween = "Please write a date from %{first} to %{last}."
)

// Date asks for any day: it is [Dates] without bounds.
func Date() Answer[time.Time] { return Dates{} }

// Dates is an [Answer] that asks for a day, and keeps midnight of it, UTC. It reads
//
//	2026-12-24, 2026/12/24              in every language
//	24.12.2026, 24/12/26, 24.12.        in the order of the person's language and region
//	24. Dezember, December 24th, 24 Dec with the names of months
//	Friday, next Friday, this Friday    with the names of days, also in front of a date
//	yesterday, today, tomorrow          and the day after tomorrow
//
// Names and words are read in English, in the language of the person's profile, and in that in
// which the bot speaks to them, as Unicode's CLDR has them. A catalogue adds others by translations
// of the message ids "January" to "December", "Monday" to "Sunday", "yesterday", "today", "tomorrow",
// "the day after tomorrow", "this %{weekday}" and "next %{weekday}", each with alternatives, as in
// "Januar|Jan|Jänner". The beginning of a month's name, of three letters or more, will do, and so
// will letters without their accents.
//
// The order of day and month needs the locale of the person's profile ([handling.UserProfile] in a
// route under DEFAULT), which Instagram does not have, or else a catalogue whose language
// says it; of English only the regions do ("en-GB", by i18n.Source). If neither says it, 4/5 is
// not guessed: the person is asked which day they mean. So they are for 4.5. in the United States, for a year
// behind day and month where it is written in front, for Friday on a Friday, and for next Friday
// until Thursday. What only one order, the day of the week, or the bounds allow is
// read without asking.
//
// Without a year it is the next such day, today included; if that is out of bounds, the last
// one. Two digits are a year of this century, or of the last one if only that is within the bounds.
// Other calendars than the Gregorian one, times, "in three days" and "next week" are not read.
//
// A date is shown with the name of its month ("24. Dezember 2026") in the language of the bot's texts.
type Dates struct {
	// First and Last are the bounds, included; both also bound what the person is asked for. Default: none.
	First, Last Day
	// Zone is where people are of whom the platform does not say it: their profile has an offset
	// from UTC on Messenger, as of when it was read, and none on Instagram. It decides which day is today. Default: UTC.
	Zone *time.Location
}

// Day is a day that may depend on which day it is for the person: midnight of both, UTC.
type Day func(today time.Time) time.Time

// InDays is so many days from today: 0 is today, 1 tomorrow, -1 yesterday.
func InDays(days int) Day {
	return func(today time.Time) time.Time { return today.AddDate(0, 0, days) }
}

// OnDay is always the same day.
func OnDay(year int, month time.Month, day int) Day {
	return func(time.Time) time.Time { return time.Date(year, month, day, 0, 0, 0, 0, time.UTC) }
}

var errNoDay = errors.New("no day is in its bounds; leave the question out with When")

// Choices returns none.
func (Dates) Choices(context.Context, time.Time) ([]Choice, error) { return nil, nil }

// Take reads a date.
func (d Dates) Take(ctx context.Context, in Input, into *time.Time) (bool, error) {
	b := d.bounds(d.today(ctx))
	if b.empty() {
		return false, errNoDay
	}
	date, err := b.read(ctx, in.Event.Text())
	if err == nil {
		*into = date
	}
	return false, err
}

// Show shows a date in the language of the bot's texts; nothing for the zero time.
func (Dates) Show(ctx context.Context, date time.Time) string { return showDate(ctx, date) }

// Validate reports bounds that no day is in.
func (d Dates) Validate() error {
	if b := d.bounds(midnight(time.Now())); b.empty() {
		return fmt.Errorf("no day is from %s to %s", b.first.Format(time.DateOnly), b.last.Format(time.DateOnly))
	}
	return nil
}

// today is the day where the person is, as far as that is known.
func (d Dates) today(ctx context.Context) time.Time {
	now := handling.Now(ctx).UTC()
	zone := store.PersonFrom(ctx).Profile.Timezone
	switch {
	case zone != nil && *zone >= -14 && *zone <= 14:
		now = now.Add(time.Duration(*zone * float64(time.Hour)))
	case d.Zone != nil:
		now = now.In(d.Zone)
	}
	return midnight(now)
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

func (d Dates) bounds(today time.Time) dateBounds {
	b := dateBounds{today: today}
	if d.First != nil {
		b.first = midnight(d.First(today))
	}
	if d.Last != nil {
		b.last = midnight(d.Last(today))
	}
	return b
}

// dateBounds are the bounds of a date on a day; zero for none.
type dateBounds struct{ today, first, last time.Time }

func (b dateBounds) empty() bool {
	return !b.first.IsZero() && !b.last.IsZero() && b.first.After(b.last)
}

func (b dateBounds) has(date time.Time) bool {
	return (b.first.IsZero() || !date.Before(b.first)) && (b.last.IsZero() || !date.After(b.last))
}

// refuse refuses a date that is out of bounds.
func (b dateBounds) refuse(ctx context.Context) error {
	r := &RefusalError{Text: refuseDateBetween, Values: map[string]string{"first": showDate(ctx, b.first), "last": showDate(ctx, b.last)}}
	switch {
	case b.last.IsZero():
		r.Text = refuseDateFrom
	case b.first.IsZero():
		r.Text = refuseDateTo
	}
	return r
}

// example is a day within the bounds of which one can see what is its day and what its month, if there is one.
func (b dateBounds) example() time.Time {
	christmas := time.Date(b.today.Year(), time.December, 24, 0, 0, 0, 0, time.UTC)
	if b.has(christmas) {
		return christmas
	}
	from, step := b.first, 1
	if from.IsZero() {
		from, step = b.last, -1
	}
	for days := range 31 {
		if date := from.AddDate(0, 0, step*days); date.Day() > 12 && b.has(date) {
			return date
		}
	}
	return from
}
