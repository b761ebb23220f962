package graph

import (
	"encoding/json"
	"net/http"

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
