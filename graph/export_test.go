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
func NoteUsage(c *Client, pageID string, header http.Header) { c.noteUsage(pageID, header) }

// CodeRow is a row of the table of codes, in words.
type CodeRow struct {
	Name, Text, Note, Source string
	Code, Subcode, Last      int // Code is 0 where the subcode alone counts
	Meaning                  Meaning
}

// CodeRows returns the table of codes.
func CodeRows() []CodeRow {
	list := make([]CodeRow, len(rows))
	for i, r := range rows {
		list[i] = CodeRow{
			Code: max(r.code, -1), Last: r.last, Meaning: r.meaning, Name: r.name(), Note: r.note, Source: r.source, Subcode: r.subcode, Text: r.text,
		}
		if r.code == anyCode {
			list[i].Code = 0
		}
	}
	return list
}

// Meanings are all meanings, in the order of their constants.
func Meanings() []Meaning {
	var list []Meaning
	for m := range meanings {
		list = append(list, Meaning(m))
	}
	return list
}

// SentinelOf is what errors.Is finds of a meaning, or nil.
func SentinelOf(m Meaning) error { return meanings[m].sentinel }

// RetryOf is the class of a meaning.
func RetryOf(m Meaning) Retry { return meanings[m].retry }

// BotOf says what the bot does.
func BotOf(m Meaning) string { return meanings[m].bot }

func ScopeOf(m Meaning) string { return meanings[m].scope }

func OperatorOf(m Meaning) string { return meanings[m].operator }

// NewProofs makes the proofs of tokens.
var NewProofs = newProofs
