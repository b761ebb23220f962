package sqlite

import "time"

// smallStep is a backward clock step that is too small to matter: what waits for it waits a moment.
const smallStep = int64(time.Second / time.Microsecond)

// keepTime clamps future timestamps after a backward clock step, while the process ran or between two starts of it: what was
// stored by the old time would wait for that to come again.
func (t *tx) keepTime() error {
	if t.latest < 0 {
		t.latest = 0
		if err := t.query(func(r *row) { t.latest = r.int(0) }, latestStored); err != nil {
			t.latest = -1
			return err
		}
	}
	back := t.latest - t.now
	if back < smallStep {
		return nil
	}
	t.woken = min(t.woken, t.now)
	for _, clamp := range []struct {
		text string
		args []any
	}{
		{clampEvents, []any{t.now}},
		{clampStarted, []any{t.now}},
		{clampSends, []any{t.now}},
		{clampRaised, []any{t.now}},
		{clampReplayed, []any{t.now}},
		{clampPauses, []any{t.now, back}},
		{clampOnce, []any{t.now, back}},
		{clampFiles, []any{t.now, back}},
		{clampDue, []any{t.now}},
	} {
		if err := t.exec(clamp.text, clamp.args...); err != nil {
			return err
		}
	}
	return nil
}
