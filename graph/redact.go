package graph

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"syscall"
)

// hide replaces the credentials in a text that comes from outside.
func (c credentials) hide(text string) string {
	return c.proof.Redact(c.token.Redact(text))
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

// harmless reports whether no error in a tree has a credential in its text.
func (c credentials) harmless(err error) bool {
	if text := err.Error(); c.hide(text) != text {
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
