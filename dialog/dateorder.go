package dialog

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/text/language"
)

// dateOrder is the order in which a language writes dates in digits.
type dateOrder int

const (
	dayFirst dateOrder = iota
	monthFirst
	yearFirst
)

// orderOf returns the order of a language, by its likely region if it names none.
func orderOf(tag language.Tag) dateOrder {
	base, _ := tag.Base()
	switch base.String() {
	case "zh", "ja", "ko", "hu", "lt", "mn":
		return yearFirst
	case "en":
		if region, _ := tag.Region(); region.String() == "US" {
			return monthFirst
		}
	}
	return dayFirst
}

// showDate shows a date in the order of the person's language.
func showDate(ctx context.Context, date time.Time) string {
	tag := languageOf(ctx)
	base, _ := tag.Base()
	switch b := base.String(); {
	case date.IsZero():
		return ""
	case b == "en" && orderOf(tag) == monthFirst:
		return date.Format("January 2, 2006")
	case b == "en":
		return date.Format("2 January 2006")
	case orderOf(tag) == yearFirst:
		return date.Format("2006-01-02")
	}
	mark := "/"
	switch base.String() {
	case "de", "da", "nb", "no", "fi", "cs", "sk", "sl", "pl", "ru", "uk", "be", "bg", "tr", "ro", "et", "lv", "is", "hr", "sr", "mk", "az", "kk", "hy", "ka":
		mark = "."
	case "nl":
		mark = "-"
	}
	return fmt.Sprintf("%02d%s%02d%s%04d", date.Day(), mark, int(date.Month()), mark, date.Year())
}
