package dialog

import (
	"context"
	"fmt"
	"math"

	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

const (
	refuseNumber        = "Please write a number."
	refuseNumberFrom    = "Please write a number, %{min} or more."
	refuseNumberTo      = "Please write a number, %{max} or less."
	refuseNumberBetween = "Please write a number from %{min} to %{max}."
	refuseWhichNumber   = "Which number do you mean: %{numbers}?"
	refuseUnit          = "Please write only the number, such as %{number}."
)

// Number asks for a number from minimum to maximum; math.Inf stands for no bound. For whole ones
// there is [Whole].
//
// It reads the digits of every script, a sign, and the marks of every language: "1.234,5",
// "1,234.5", "1 234,5", "1’234.5" and "12,34,567". Only a single comma or point in front of three
// digits can be read in two ways. It is then what it is in the person's language (that of their
// profile, which needs [handling.UserProfile], and that in which the bot speaks to them); if
// that does not say, or the two differ, what is within the bounds; and else the person is asked
// which of the two it is.
//
// Words, exponents, fractions and percent signs are refused, and so are units: "3 or 4 pcs" and
// "2 lb" for kilograms would be read as what they are not. Who writes a number with a
// unit is asked for the number alone.
//
// It is shown with at most 6 decimals.
func Number(minimum, maximum float64) Answer[float64] {
	return numberAnswer{min: minimum, max: maximum, texts: numberTexts{refuseNumber, refuseNumberFrom, refuseNumberTo, refuseNumberBetween}}
}

type numberAnswer struct {
	min, max float64
	whole    bool
	texts    numberTexts
}

// numberTexts are the refusals, by the bounds that there are.
type numberTexts struct{ any, from, to, between string }

func (numberAnswer) Choices(context.Context, float64) ([]Choice, error) { return nil, nil }

func (a numberAnswer) Take(ctx context.Context, in Input, into *float64) (bool, error) {
	v, err := a.read(ctx, in.Event.Text())
	if err == nil {
		*into = v
	}
	return false, err
}

// read reads a number, or refuses the text.
func (a numberAnswer) read(ctx context.Context, text string) (float64, error) {
	read := readNumber(text)
	if read.unit {
		return 0, &RefusalError{Text: refuseUnit, Values: map[string]string{"number": read.digits}}
	}
	var fit []float64
	for _, v := range read.by(marksFor(ctx)) {
		if v >= a.min && v <= a.max && (!a.whole || math.Trunc(v) == v && math.Abs(v) <= maxWhole) {
			fit = append(fit, v)
		}
	}
	switch len(fit) {
	case 0:
		return 0, a.refuse(ctx)
	case 1:
		return fit[0], nil
	}
	return 0, &RefusalError{Text: refuseWhichNumber, Values: map[string]string{"numbers": read.both()}}
}

func (a numberAnswer) refuse(ctx context.Context) error {
	r := &RefusalError{Text: a.texts.between, Values: map[string]string{"min": showNumber(ctx, a.min), "max": showNumber(ctx, a.max)}}
	switch least, most := !math.IsInf(a.min, 0), !math.IsInf(a.max, 0); {
	case !least && !most:
		r.Text = a.texts.any
	case !most:
		r.Text = a.texts.from
	case !least:
		r.Text = a.texts.to
	}
	return r
}

func (numberAnswer) Show(ctx context.Context, v float64) string { return showNumber(ctx, v) }

// showNumber shows a number in the language in which the bot speaks.
func showNumber[T int | float64](ctx context.Context, v T) string {
	return message.NewPrinter(languageOf(ctx)).Sprint(number.Decimal(v, number.MaxFractionDigits(6)))
}

func (a numberAnswer) Validate() error {
	if !(a.min <= a.max) { // NaN is no bound either
		return fmt.Errorf("no number is from %v to %v", a.min, a.max)
	}
	return nil
}
