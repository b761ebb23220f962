package scenario

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"
)

type junitSuites struct {
	XMLName xml.Name     `xml:"testsuites"`
	Suites  []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name      string      `xml:"name,attr"`
	Tests     int         `xml:"tests,attr"`
	Failures  int         `xml:"failures,attr"`
	Errors    int         `xml:"errors,attr"`
	Time      string      `xml:"time,attr"`
	Timestamp string      `xml:"timestamp,attr"`
	Cases     []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitFailure `xml:"failure,omitempty"`
	Error   *junitFailure `xml:"error,omitempty"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes results as JUnit's XML, which CI systems read: a suite for each file, a case for each scenario. What ended a scenario, such as
// an interrupt, is an error. at is when they were played.
func WriteJUnit(w io.Writer, at time.Time, results []Result) error {
	var all junitSuites
	for _, r := range results {
		if n := len(all.Suites); n == 0 || all.Suites[n-1].Name != clean(r.Scenario.File) {
			all.Suites = append(all.Suites, junitSuite{Name: clean(r.Scenario.File), Timestamp: at.UTC().Format("2006-01-02T15:04:05")})
		}
		suite := &all.Suites[len(all.Suites)-1]
		suite.add(r)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (s *junitSuite) add(r Result) {
	base := filepath.Base(r.Scenario.File)
	c := junitCase{
		Class: clean(strings.TrimSuffix(base, filepath.Ext(base))), Name: clean(r.Scenario.Name),
		Time: seconds(r.Duration), Out: clean(r.Conversation),
	}
	s.Tests++
	switch {
	case r.Err != nil:
		s.Errors++
		kind, message := "error", r.Err.Error()
		if errors.Is(r.Err, context.Canceled) {
			kind, message = "interrupted", "interrupted"
		}
		c.Error = &junitFailure{Type: kind, Message: clean(message), Text: clean(r.Explanation())}
	case r.Failure != nil:
		s.Failures++
		message := fmt.Sprintf("%s:%d %s", r.Failure.File, r.Failure.Line, r.Failure.Step)
		if reason := r.Failure.oneLine(); reason != "" {
			message += ": " + reason
		}
		c.Failure = &junitFailure{Type: clean(r.Failure.Verb), Message: clean(message), Text: clean(r.Explanation())}
	}
	var total float64
	_, _ = fmt.Sscan(s.Time, &total) // empty is 0
	s.Time = fmt.Sprintf("%.3f", total+r.Duration.Seconds())
	s.Cases = append(s.Cases, c)
}

// oneLine is why it failed; it may be empty.
func (f *Failure) oneLine() string {
	if f.reason == "" && len(f.Differences) > 0 {
		return f.Differences[0]
	}
	return f.reason
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

// clean replaces what XML cannot hold.
func clean(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < 0x20, r == utf8.RuneError, r == 0xFFFE, r == 0xFFFF, r >= 0x7f && r < 0xa0:
			return '\uFFFD'
		}
		return r
	}, text)
}
