package simulation_test

import (
	"context"
	"time"

	"github.com/djmessenger/messenger/store"
)

func (s *processStore) Person(ctx context.Context, pageID, psid string) (store.Person, error) {
	return call(ctx, s, "read", func(ctx context.Context) (store.Person, error) { return s.inner.Person(ctx, pageID, psid) })
}

func (s *processStore) Locations(ctx context.Context, pageID, psid string, limit int) ([]store.Location, error) {
	return call(ctx, s, "read", func(ctx context.Context) ([]store.Location, error) {
		return s.inner.Locations(ctx, pageID, psid, limit)
	})
}

func (s *processStore) Received(ctx context.Context, pageID, psid string, limit int) ([]store.Received, error) {
	return call(ctx, s, "read", func(ctx context.Context) ([]store.Received, error) { return s.inner.Received(ctx, pageID, psid, limit) })
}

func (s *processStore) Sent(ctx context.Context, pageID, psid string, limit int) ([]store.Sent, error) {
	return call(ctx, s, "read", func(ctx context.Context) ([]store.Sent, error) { return s.inner.Sent(ctx, pageID, psid, limit) })
}

func (s *processStore) Session(ctx context.Context, pageID, psid, name string) (store.Session, error) {
	return call(ctx, s, "read", func(ctx context.Context) (store.Session, error) { return s.inner.Session(ctx, pageID, psid, name) })
}

func (s *processStore) Attachment(ctx context.Context, pageID, name string) (string, error) {
	return call(ctx, s, "read", func(ctx context.Context) (string, error) { return s.inner.Attachment(ctx, pageID, name) })
}

func (s *processStore) Now(ctx context.Context) (time.Time, error) {
	return call(ctx, s, "read", func(ctx context.Context) (time.Time, error) {
		s.p.w.seesClock()
		return s.inner.Now(ctx)
	})
}

func (s *processStore) Dead(ctx context.Context, query store.DeadQuery) ([]store.DeadLetter, error) {
	return call(ctx, s, "dead", func(ctx context.Context) ([]store.DeadLetter, error) { return s.inner.Dead(ctx, query) })
}

func (s *processStore) Replay(ctx context.Context, id int64) error {
	return do(ctx, s, "commit", func(ctx context.Context) error { return s.inner.Replay(ctx, id) })
}

func (s *processStore) Drop(ctx context.Context, id int64) error {
	return do(ctx, s, "commit", func(ctx context.Context) error { return s.inner.Drop(ctx, id) })
}

func (s *processStore) Stats(ctx context.Context) (store.Stats, error) {
	return call(ctx, s, "read", s.inner.Stats)
}

func (s *processStore) Waiting(ctx context.Context) (map[string]store.Waiting, error) {
	return call(ctx, s, "read", s.inner.Waiting)
}

func (s *processStore) Ping(ctx context.Context) error { return do(ctx, s, "put", s.inner.Ping) }

func (s *processStore) Heartbeat(ctx context.Context, replica store.Replica) ([]store.Replica, error) {
	s.p.w.mu.Lock()
	s.p.w.beats(s.p)
	s.p.w.mu.Unlock()
	return call(ctx, s, "beat", func(ctx context.Context) ([]store.Replica, error) { return s.inner.Heartbeat(ctx, replica) })
}

func (s *processStore) EchoedAt(ctx context.Context, pageID string) (time.Time, error) {
	return call(ctx, s, "read", func(ctx context.Context) (time.Time, error) { return s.inner.EchoedAt(ctx, pageID) })
}

func (s *processStore) StartOnce(ctx context.Context, name, version string, lease time.Duration) (store.OnceState, error) {
	return call(ctx, s, "commit", func(ctx context.Context) (store.OnceState, error) {
		return s.inner.StartOnce(ctx, name, version, lease)
	})
}

func (s *processStore) EndOnce(ctx context.Context, name, version string, token int64, done bool) error {
	return do(ctx, s, "commit", func(ctx context.Context) error { return s.inner.EndOnce(ctx, name, version, token, done) })
}
