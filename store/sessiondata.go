package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// SessionError is returned for a session that cannot be read or kept: a retry cannot help.
// Its text does not contain the data.
type SessionError struct {
	Name string
	// Err says why.
	Err error
}

func (e *SessionError) Error() string { return fmt.Sprintf("store: session %q: %v", e.Name, e.Err) }

// Unwrap returns Err.
func (e *SessionError) Unwrap() error { return e.Err }

// Permanent reports that a retry cannot help. It is always true.
func (e *SessionError) Permanent() bool { return true }

// SessionVersionError is returned for a session of a newer version than the program knows: while a
// deployment is under way, or was taken back. Nothing is lost: the data stays as it is, and the event is
// retried, by a newer replica perhaps. [SessionOf.Drop] gives the data up.
type SessionVersionError struct {
	Name string
	// Stored is the version of the data, Known the newest that the program reads.
	Stored, Known int
}

func (e *SessionVersionError) Error() string {
	return fmt.Sprintf("store: session %q has version %d, and this program reads versions up to %d", e.Name, e.Stored, e.Known)
}

// sealedSession is data with its version, as it is stored. Data of version 0 is stored as it is, so that LoadSession
// reads it.
type sealedSession struct {
	Version *int            `json:"$v"`
	Data    json.RawMessage `json:"d"`
}

// openSession returns what is stored, and its version.
func openSession(stored []byte) (data []byte, version int) {
	if inner, version, sealed := unseal(stored); sealed {
		return inner, version
	}
	return stored, 0
}

func unseal(stored []byte) (data []byte, version int, sealed bool) {
	if !bytes.HasPrefix(bytes.TrimLeft(stored, " \t\r\n"), []byte("{")) || !bytes.Contains(stored, []byte(`"$v"`)) {
		return nil, 0, false
	}
	var s sealedSession
	in := json.NewDecoder(bytes.NewReader(stored))
	in.DisallowUnknownFields()
	if err := in.Decode(&s); err != nil || s.Version == nil || *s.Version < 0 || s.Data == nil {
		return nil, 0, false
	}
	return s.Data, *s.Version, true
}

// loadSession returns the data of a session of the turn and its version; no data if there is no session.
func loadSession(ctx context.Context, name string) (data []byte, version int, err error) {
	s, err := sessionFrom(ctx, name)
	switch {
	case errors.Is(err, ErrNotFound):
		return nil, 0, nil
	case err != nil:
		return nil, 0, err
	}
	data, version = openSession(s.Data)
	if data == nil {
		data = []byte{} // stored, and not JSON
	}
	return data, version, nil
}

// keepSession queues a session of the turn.
func keepSession(ctx context.Context, name string, version int, value any, life time.Duration) error {
	if name == "" || version < 0 {
		return &SessionError{Name: name, Err: errors.New("a session has a name, and a version that is not negative")}
	}
	before, err := sessionFrom(ctx, name)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if _, stored := openSession(before.Data); stored > version {
		return &SessionVersionError{Name: name, Stored: stored, Known: version}
	}
	data, err := json.Marshal(value)
	if err != nil {
		return &SessionError{Name: name, Err: err}
	}
	if _, _, looksSealed := unseal(data); version > 0 || looksSealed {
		data = slices.Concat(fmt.Appendf(nil, `{"$v":%d,"d":`, version), data, []byte("}"))
	}
	who := PersonFrom(ctx)
	return Queue(ctx, SaveSession{PageID: who.PageID, PSID: who.PSID, Name: name, Data: data, Version: before.Version, Life: life})
}

func decodeSession(name string, data []byte, into any) error {
	if err := json.Unmarshal(data, into); err != nil {
		return &SessionError{Name: name, Err: err}
	}
	return nil
}

func upgradeError(name string, version int, err error) error {
	return fmt.Errorf("store: session %q: upgrade from version %d: %w", name, version, err)
}

// checkSession returns an error for a session that no store keeps.
func checkSession(w SaveSession) error {
	if len(w.Data) > MaxSession {
		return &SessionError{Name: w.Name, Err: fmt.Errorf("the data has %d bytes, more than %d", len(w.Data), MaxSession)}
	}
	return nil
}
