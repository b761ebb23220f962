package upgradetest

import (
	"encoding/json"
	"time"

	"github.com/djmessenger/messenger/store"
)

// recorded is the person whose records the scenario keeps.
var recorded = handled

// locations are those of the recorded person, in the order in which they are added.
func locations() []store.Location {
	return []store.Location{
		{
			PageID: recorded.PageID, PSID: recorded.PSID, Latitude: -33.856784, Longitude: 151.215297, Title: "Opera \"House\"",
			URL: "https://example.com/map?q=1,2", MID: "m_1", At: at(2 * time.Minute),
		},
		{PageID: recorded.PageID, PSID: recorded.PSID, Latitude: 1e-300, Longitude: -179.9999999999999, At: at(time.Minute)},
		{PageID: recorded.PageID, PSID: recorded.PSID, Title: "the same moment, later", At: at(2 * time.Minute)},
	}
}

// received are the events that were kept of the recorded person.
func received() []store.Received {
	return []store.Received{
		{
			PageID: recorded.PageID, PSID: recorded.PSID, Key: "message-1", Type: "text",
			Body: json.RawMessage(`{"text": "ü \u0000 'quoted' \\", "n": 9007199254740993}`), At: at(3 * time.Minute),
		},
		{PageID: recorded.PageID, PSID: recorded.PSID, Key: "message-2", Type: "image", Body: json.RawMessage(`{}`), At: at(2 * time.Minute)},
		{PageID: recorded.PageID, PSID: recorded.PSID, Key: "message-3", Type: "text", Body: json.RawMessage(`[1]`), At: at(3 * time.Minute)},
	}
}

// sent are the attempts to send to the recorded person: one for each outcome.
func sent() []store.Sent {
	of := func(key string, outcome store.SentOutcome, n int) store.Sent {
		return store.Sent{
			PageID: recorded.PageID, PSID: recorded.PSID, Key: key, Type: "text", Body: json.RawMessage(`{"text":"` + key + `"}`),
			Outcome: outcome, At: at(time.Duration(n) * time.Minute),
		}
	}
	delivered := of("delivered", store.OutcomeSent, 1)
	delivered.Status, delivered.Response, delivered.MID = 200, `{"message_id": "m_\"1\""}`, "m_1"
	refused := of("refused", store.OutcomeRefused, 2)
	refused.Status, refused.Response, refused.Error = 400, `{"error":{"code":551}}`, "refused: 'ü'\n"
	again := of("retry", store.OutcomeRetry, 3)
	again.Status, again.Error = 500, "try again"
	echoed := of("echoed", store.OutcomeEchoed, 6)
	echoed.Type, echoed.Body = "", nil
	return []store.Sent{
		delivered, refused, again, of("uncertain", store.OutcomeUncertain, 4), of("set aside", store.OutcomeSetAside, 5), echoed,
	}
}

// The sessions and attachments of the scenario, by their names. The expired ones are
// still in the tables.
const (
	forever   = "forever"
	untilNoon = "until two hours"
	expired   = "expired"
	deleted   = "deleted"
)

// expires are the times at which sessions and attachments are forgotten.
var expires = map[string]time.Time{forever: {}, untilNoon: at(2 * time.Hour), expired: at(56 * time.Minute)}

// session is one of the sessions that are read back.
func session(name string, version int64) store.Session {
	return store.Session{
		PageID: recorded.PageID, PSID: recorded.PSID, Name: name, Data: json.RawMessage(`{"step": "` + name + `", "é": [1.50]}`),
		Version: version, Expires: expires[name],
	}
}

// save is the write that makes a session what it is.
func save(s store.Session) store.SaveSession {
	return store.SaveSession{PageID: s.PageID, PSID: s.PSID, Name: s.Name, Data: s.Data, Version: s.Version - 1, Expires: s.Expires}
}

func attachment(name string) store.SaveAttachment {
	return store.SaveAttachment{PageID: recorded.PageID, Name: name, AttachmentID: "id of " + name, Expires: expires[name]}
}

// marks are the numbers that the store has drawn when the process dies. The scenario
// keeps them in a session of its own.
type marks struct {
	// Leases are those of the process that died.
	Leases []mark
	// Token is the highest of any lease, Seq of any event, Letter of any dead letter.
	Token, Seq, Letter int64
	// Raised is how many raised events wait.
	Raised int `json:",omitempty"`
	// Broadcasts is how many broadcasts were started.
	Broadcasts int `json:",omitempty"`
	// Failures are those of each event that is tried again.
	Failures []store.Failure `json:",omitempty"`
}

type mark struct {
	PageID, PersonID string
	Token            int64
}

func markOf(id store.LeaseID) mark { return mark{id.PageID, id.PSID, id.Token} }

func (m mark) id() store.LeaseID {
	return store.LeaseID{Conversation: conv(m.PageID, m.PersonID), Token: m.Token}
}

// marksIn is where the marks are kept.
var marksIn = store.SaveSession{PageID: page3, PSID: "marks", Name: "marks"}
