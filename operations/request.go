package operations

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// body reads the JSON of a request, and refuses what it does not know, so that a typing error is found.
func (c *call) body(into any) error {
	err := strict(c.Body, into)
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return err
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return &refusal{http.StatusRequestTimeout, "body_timeout", fmt.Sprintf("the body did not arrive within %v; nothing was changed", Timeout)}
	}
	if err != nil {
		return badRequest("bad_body", "the body is not the JSON object of this route: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

// limit is how many entries are wanted.
func (c *call) limit() (int, error) {
	text := c.query.Get("limit")
	if text == "" {
		return DefaultPage, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > MaxPage {
		return 0, badRequest("bad_parameter", "the parameter limit is %q, and has to be a number from 1 to %d", text, MaxPage)
	}
	return n, nil
}

// time reads a parameter that is a time; zero if it is not given.
func (c *call) time(name string) (time.Time, error) {
	text := c.query.Get(name)
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, badRequest("bad_parameter", "the parameter %s is %q, and has to be a time such as 2026-11-27T12:00:00Z", name, text)
	}
	return at, nil
}

// cursor is where a page of a list ends. Callers give it back as it is.
func cursor(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // a plain struct
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

// after reads the cursor of a request into v, and reports whether there is one.
func (c *call) after(v any) (bool, error) { return readCursor(c.query.Get("after"), v) }

func readCursor(text string, v any) (bool, error) {
	if text == "" {
		return false, nil
	}
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = strict(bytes.NewReader(data), v)
	}
	if err != nil {
		return false, badRequest("bad_cursor", "after is no cursor of this list; leave it out to begin anew")
	}
	return true, nil
}

// page is a page of a list. Next is the cursor of the following one, empty at the end.
type page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`
}

// strict decodes one JSON value, and refuses fields that it does not know and what is behind the value.
func strict(from io.Reader, into any) error {
	d := json.NewDecoder(from)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	switch _, err := d.Token(); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return err
	default:
		return errors.New("there is something behind the value")
	}
}
