package simulator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

func (s *Simulator) routeClock(mux *routes) {
	mux.HandleFunc("GET /simulator/clock", func(w http.ResponseWriter, _ *http.Request) { respond(w, s.clockState()) })
	mux.HandleFunc("PUT /simulator/clock", answering(func(r *http.Request, in clockOrder) (any, error) {
		if err := s.orderClock(r.Context(), in); err != nil {
			return nil, err
		}
		return s.clockState(), nil
	}))
}

var errClockBack = errors.New("simulator: the clock cannot be moved back")

// clockOrder says what the clock is to do.
type clockOrder struct {
	Advance string    `json:"advance"` // [Simulator.MoveClock]
	Now     time.Time `json:"now"`     // [Simulator.SetClock]
	Frozen  *bool     `json:"frozen"`  // [Simulator.FreezeClock]
}

// orderClock freezes first, so that what follows is exact, and lets the clock go on last.
func (s *Simulator) orderClock(ctx context.Context, in clockOrder) error {
	if in.Advance != "" && !in.Now.IsZero() {
		return errors.New("simulator: the clock gets advance or now, not both")
	}
	if in.Advance == "" && in.Now.IsZero() && in.Frozen == nil {
		return errors.New("simulator: the clock gets advance, now or frozen")
	}
	var d time.Duration
	if in.Advance != "" {
		var err error
		if d, err = time.ParseDuration(in.Advance); err != nil {
			return &controlError{err: fmt.Errorf("simulator: %q is no duration such as 25h", in.Advance), field: "advance"}
		}
	}
	if !in.Now.IsZero() {
		d = in.Now.Sub(s.now())
	}
	if d < 0 {
		return errClockBack
	}
	if in.Frozen != nil && *in.Frozen {
		s.FreezeClock(true)
		if !in.Now.IsZero() {
			d = max(0, in.Now.Sub(s.now()))
		}
	}
	if d != 0 {
		if err := s.moveClock(ctx, d); err != nil {
			return err
		}
	}
	if in.Frozen != nil && !*in.Frozen {
		s.FreezeClock(false)
	}
	return nil
}
