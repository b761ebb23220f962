//go:build linux

package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// report prints the table: medians over the rounds. The first variant is the floor.
func report(out io.Writer, s settings, variants []variant, measured [][]sample) error {
	w := bufio.NewWriter(out)
	_, _ = fmt.Fprint(w, "| | CPU per event | floor = 1 | p50 | p99 | p99, best round | events a second |\n|---|---|---|---|---|---|---|\n")
	for i, v := range variants {
		_, _ = fmt.Fprintf(w, "| %s | %s ms | %.2f | %s ms | %s ms | %s ms | %.0f |\n", v.name,
			millis(medianOf(measured, func(round []sample) time.Duration { return round[i].cpu }), 3),
			medianOf(measured, func(round []sample) float64 { return float64(round[i].cpu) / float64(round[0].cpu) }),
			millis(medianOf(measured, func(round []sample) time.Duration { return round[i].p50 }), 1),
			millis(medianOf(measured, func(round []sample) time.Duration { return round[i].p99 }), 1),
			millis(slices.MinFunc(measured, func(a, b []sample) int { return cmp.Compare(a[i].p99, b[i].p99) })[i].p99, 1),
			medianOf(measured, func(round []sample) float64 { return round[i].rate }),
		)
	}
	_, _ = fmt.Fprintf(w, "\n%s, %d processors of %s, %s, %s. Medians of %d rounds of %d events, %d in flight, %s.\n",
		time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), model(), runtime.GOOS, runtime.Version(),
		s.rounds, s.events, s.inFlight, connections(s.keepAlive))
	return w.Flush()
}

func connections(keepAlive bool) string {
	if keepAlive {
		return "callbacks over connections that stay open"
	}
	return "each callback over a new connection"
}

// medianOf returns the median of what value says of each round: of an even number, the lower one of the middle.
func medianOf[T cmp.Ordered](measured [][]sample, value func([]sample) T) T {
	values := make([]T, 0, len(measured))
	for _, round := range measured {
		values = append(values, value(round))
	}
	slices.Sort(values)
	return values[(len(values)-1)/2]
}

func millis(d time.Duration, digits int) string {
	return fmt.Sprintf("%.*f", digits, float64(d)/float64(time.Millisecond))
}

// model is the processor's name.
func model() string {
	content, err := os.ReadFile("/proc/cpuinfo")
	if err == nil {
		for line := range strings.Lines(string(content)) {
			if key, value, _ := strings.Cut(line, ":"); strings.TrimSpace(key) == "model name" {
				return strings.Join(strings.Fields(value), " ")
			}
		}
	}
	return runtime.GOARCH
}
