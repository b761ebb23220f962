package graph

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/djmessenger/messenger/secret"
)

// DecodeAnswer reads the answer to a call that bore token and proof.
func DecodeAnswer(status int, body []byte, token, proof string) (json.RawMessage, error) {
	a := &answer{method: "POST", path: "me/messages", status: status}
	err := a.decode(body, credentials{proof: secret.New(proof), token: secret.New(token)})
	return a.body, err
}

// ParseUsage reads the headers of an answer that came at now.
var ParseUsage = parseUsage

// NoteUsage lets the client read the headers of an answer to a call of the page.
func NoteUsage(c *Client, page string, header http.Header) { c.noteUsage(page, header) }

// CodesOf lists the table's codes of a sentinel: "551", "10/2018278", "200 to 299", and of a subcode with whatever code that.
func CodesOf(sentinel error) []string {
	var codes []string
	for _, r := range rows {
		switch {
		case r.sentinel != sentinel: //nolint:errorlint // the table has the sentinels themselves
		case r.code == anyCode:
			codes = append(codes, strconv.Itoa(r.subcode))
		case r.subcode != 0:
			codes = append(codes, fmt.Sprintf("%d/%d", r.code, r.subcode))
		case r.last != 0:
			codes = append(codes, fmt.Sprintf("%d to %d", r.code, r.last))
		default:
			codes = append(codes, strconv.Itoa(r.code))
		}
	}
	return codes
}
