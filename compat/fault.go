package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// fault is what goes wrong on the platform while a client sends a text.
type fault struct {
	name  string
	order map[string]any // POST /simulator/faults
	codes []float64      // of the refusal; none for a connection that breaks
}

var faults = []fault{
	{"613, rate limited", map[string]any{"code": 613}, []float64{613}},
	{"190/463, token expired", map[string]any{"refusal": "token expired"}, []float64{190, 463}},
	{"551, person unavailable", map[string]any{"refusal": "person unavailable"}, []float64{551}},
	{"500 with an empty body", map[string]any{"status": 500}, nil},
	{"connection cut", map[string]any{"drop": "before"}, nil},
}

// sendDuring lets a client send a text that the platform does not take, and returns what the caller gets.
func (s *session) sendDuring(ctx context.Context, f fault) (cell, error) {
	order := map[string]any{"times": 1, "path": "/me/messages"}
	maps.Copy(order, f.order)
	if err := s.platform.ask(ctx, http.MethodPost, "/simulator/faults", order, nil); err != nil {
		return cell{}, err
	}
	before, err := s.platform.last(ctx)
	if err != nil {
		return cell{}, err
	}
	got, err := s.ask(ctx, "text")
	if err != nil {
		return cell{}, err
	}
	made, err := s.platform.requests(ctx, before)
	if err != nil {
		return cell{}, err
	}
	if s.verbose {
		fmt.Printf("%s %s: ok=%v %s%s %v\n", s.name, f.name, got.OK, got.Value, got.Error.Text, got.Error.Numbers)
	}
	if len(made) == 0 {
		return cell{}, fmt.Errorf("no call arrived: %s", got.Error.Text)
	}
	return cell{value: reportedFor(f, got, len(made))}, s.platform.ask(ctx, http.MethodDelete, "/simulator/faults", nil, nil)
}

// reportedFor is what the caller gets to know of a fault.
func reportedFor(f fault, got outcome, tries int) string {
	switch {
	case got.OK && tries > 1:
		return "tried again, sent"
	case got.OK && strings.Contains(string(got.Value), `"error"`):
		return "no error; the code is in the answer"
	case got.OK:
		return "nothing"
	case strings.Contains(got.Error.Text, "no answer within"):
		return "nothing; the call never ends"
	case strings.Contains(got.Error.Text, "uncaught"):
		return "an exception that cannot be caught"
	case len(f.codes) == 0:
		return "an error"
	case !slices.ContainsFunc(f.codes, func(code float64) bool { return !has(got, code) }):
		return "the code" + strings.Repeat(" and subcode", len(f.codes)-1)
	case has(got, f.codes[0]):
		return "the code"
	case strings.Contains(got.Error.Text, fmt.Sprint(f.codes[0])):
		return "the code, in a text"
	}
	return "a text"
}

// has reports whether an error has a number that a caller can branch on.
func has(got outcome, code float64) bool {
	for _, number := range got.Error.Numbers {
		if number == code {
			return true
		}
	}
	return false
}
