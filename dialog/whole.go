package dialog

import (
	"context"
	"fmt"
	"math"
)

const (
	refuseWhole        = "Please write a whole number."
	refuseWholeFrom    = "Please write a whole number, %{min} or more."
	refuseWholeTo      = "Please write a whole number, %{max} or less."
	refuseWholeBetween = "Please write a whole number from %{min} to %{max}."
)

// Whole asks for a whole number from minimum to maximum; math.MinInt and math.MaxInt stand for no
// bound. It reads what [Number] reads, as far as it is whole: "2.0" is 2, and "2.5" is refused.
// Numbers beyond 2^53 are refused.
func Whole(minimum, maximum int) Answer[int] { return whole{minimum, maximum} }

type whole struct{ min, max int }

// maxWhole is the largest number up to which a float64 tells all whole ones apart.
const maxWhole = 1 << 53

func (whole) Choices(context.Context, int) ([]Choice, error) { return nil, nil }

func (a whole) number() numberAnswer {
	n := numberAnswer{
		min: float64(a.min), max: float64(a.max), whole: true,
		texts: numberTexts{any: refuseWhole, from: refuseWholeFrom, to: refuseWholeTo, between: refuseWholeBetween},
	}
	if a.min == math.MinInt {
		n.min = math.Inf(-1)
	}
	if a.max == math.MaxInt {
		n.max = math.Inf(1)
	}
	return n
}

func (a whole) Take(ctx context.Context, in Input, into *int) (bool, error) {
	v, err := a.number().read(ctx, in.Event.Text())
	if err == nil {
		*into = int(v)
	}
	return false, err
}

func (a whole) Show(ctx context.Context, v int) string { return showNumber(ctx, v) }

func (a whole) Validate() error {
	if a.min > a.max {
		return fmt.Errorf("no whole number is from %d to %d", a.min, a.max)
	}
	return nil
}
