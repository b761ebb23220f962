package simulation_test

import "time"

// dice are where decisions are drawn from: a number, mixed of the seed and the names of what is
// decided. They have no state, so that the order of decisions does not matter.
type dice uint64

// at returns the dice of something that has that name and those numbers.
func (d dice) at(name string, numbers ...int) dice {
	h := uint64(d) ^ 0xcbf29ce484222325
	for i := range len(name) {
		h = (h ^ uint64(name[i])) * 0x100000001b3
	}
	h = mix(h)
	for _, n := range numbers {
		h = mix(h ^ uint64(n))
	}
	return dice(h)
}

// mix is the finalizer of splitmix64.
func mix(h uint64) uint64 {
	h += 0x9e3779b97f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// chance is true with that probability.
func (d dice) chance(p float64) bool { return float64(uint64(d)>>11)/(1<<53) < p }

// below returns a number from 0 to n-1.
func (d dice) below(n int) int { return int(uint64(d) >> 1 % uint64(n)) }

// from returns a number of the range, both ends included.
func (d dice) from(least, most int) int { return least + d.below(most-least+1) }

// between returns a duration of the range. It has nanoseconds, so that two of them hardly ever
// end together.
func (d dice) between(least, most time.Duration) time.Duration {
	return least + time.Duration(d.below(int(most-least)+1))
}

// pick returns one of several, by their weights.
func pick[T any](d dice, choices ...weighted[T]) T {
	total := 0
	for _, c := range choices {
		total += c.weight
	}
	n := d.below(total)
	for _, c := range choices {
		if n -= c.weight; n < 0 {
			return c.value
		}
	}
	panic("unreachable")
}

type weighted[T any] struct {
	weight int
	value  T
}
