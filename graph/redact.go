package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"slices"
	"syscall"
)

// hide replaces the credentials in a text from outside, including the app's secret, which is part of the app's own
// token.
func (c credentials) hide(text string) string {
	return c.key.Redact(c.proof.Redact(c.token.Redact(text)))
}

// clean returns a transport's error without the URL of the call, which contains the proof. If no error in its tree
// contains a URL or a credential, it is returned unchanged; otherwise only its text, with the credentials replaced, and
// the errors that callers branch on remain.
func (c credentials) clean(err error) error {
	var outer *url.Error
	for errors.As(err, &outer) {
		err = outer.Err
	}
	if err == nil {
		return errors.New("the transport failed without a reason")
	}
	if c.harmless(err) {
		return err
	}
	cleaned := &cleanError{text: c.hide(err.Error())}
	for _, cause := range causes {
		if errors.Is(err, cause) {
			cleaned.causes = append(cleaned.causes, cause)
		}
	}
	return cleaned
}

// harmless reports whether no error in a tree shows a credential, in any print format.
func (c credentials) harmless(err error) bool {
	if slices.ContainsFunc(printed(err), func(text string) bool { return c.hide(text) != text }) {
		return false
	}
	switch err := err.(type) { //nolint:errorlint // this walks the tree itself, error by error
	case interface{ Unwrap() error }:
		inner := err.Unwrap()
		return inner == nil || c.harmless(inner)
	case interface{ Unwrap() []error }:
		for _, inner := range err.Unwrap() {
			if inner != nil && !c.harmless(inner) {
				return false
			}
		}
	}
	return true
}

// printed returns an error as the usual formats print it. Its fields may show more than its text: the failed request,
// its URL, its headers.
func printed(err error) (texts []string) {
	defer func() { _ = recover() }() // of a MarshalJSON; who logs the error that way will see it
	texts = []string{err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err)}
	if content, failed := json.Marshal(err); failed == nil {
		texts = append(texts, string(content))
	}
	return texts
}

// causes are the errors that callers may look for in a transport error.
var causes = []error{
	context.Canceled, context.DeadlineExceeded, os.ErrDeadlineExceeded, io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed,
	syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.EPIPE,
}

// cleanError replaces an error whose text contained a credential.
type cleanError struct {
	causes []error
	text   string
}

func (e *cleanError) Error() string   { return e.text }
func (e *cleanError) Unwrap() []error { return e.causes }
