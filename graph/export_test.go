package graph

import (
	"encoding/json"

	"github.com/djmessenger/messenger/secret"
)

// DecodeAnswer reads the answer to a call that bore token and proof.
func DecodeAnswer(status int, body []byte, token, proof string) (json.RawMessage, error) {
	a := &answer{method: "POST", path: "me/messages", status: status}
	err := a.decode(body, credentials{proof: secret.New(proof), token: secret.New(token)})
	return a.body, err
}
