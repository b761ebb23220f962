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

// hide replaces the credentials in a text that comes from outside. The app's secret is among them, since an app's own
// token is made of it.
func (c credentials) hide(text string) string {
	return c.key.Redact(c.proof.Redact(c.token.Redact(text)))
}

// clean returns an error of a transport without the URL of the call, which carries the proof. If nothing in its tree
// repeats a URL or a credential, the cause stays as it is; else only its text, with the credentials replaced, and what
// callers branch on remain.
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

// harmless reports whether no error in a tree shows a credential, however it is printed.
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

// printed returns what the ways in which errors are logged show of one. Its fields may tell more than its text does: the
// request that failed, its URL, its headers.
func printed(err error) (texts []string) {
	defer func() { _ = recover() }() // of a MarshalJSON; who logs the error that way will see it
	texts = []string{err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err)}
	if content, failed := json.Marshal(err); failed == nil {
		texts = append(texts, string(content))
	}
	return texts
}

// causes are what callers may ask a transport error for.
var causes = []error{
	context.Canceled, context.DeadlineExceeded, os.ErrDeadlineExceeded, io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed,
	syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.EPIPE,
}

// cleanError stands for an error that had a credential in its text.
type cleanError struct {
	causes []error
	text   string
}

func (e *cleanError) Error() string   { return e.text }
func (e *cleanError) Unwrap() []error { return e.causes }
