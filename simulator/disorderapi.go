package simulator

import (
	"net/http"
	"time"
)

func (s *Simulator) routeDisorder(mux *routes) {
	mux.HandleFunc("GET /simulator/delivery", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		respond(w, s.disorderState())
	})
	mux.HandleFunc("PUT /simulator/delivery", answering(func(_ *http.Request, in disorderOrder) (any, error) {
		d, err := in.disorder()
		if err != nil {
			return nil, err
		}
		if err := s.SetDisorder(d); err != nil {
			return nil, err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.disorderState(), nil
	}))
}

// disorderOrder is a [Disorder] in JSON.
type disorderOrder struct {
	Duplicate float64 `json:"duplicate"`
	Reorder   float64 `json:"reorder"`
	DelayMS   []int   `json:"delay_ms"` // from, to
	Batch     int     `json:"batch"`
	Seed      uint64  `json:"seed"`
	Retries   string  `json:"retries"`
}

func (in disorderOrder) disorder() (Disorder, error) {
	d := Disorder{Duplicate: in.Duplicate, Reorder: in.Reorder, Batch: in.Batch, Seed: in.Seed, Retries: in.Retries}
	if in.DelayMS != nil {
		const most = int(time.Minute / time.Millisecond)
		if len(in.DelayMS) != 2 || min(in.DelayMS[0], in.DelayMS[1]) < 0 || max(in.DelayMS[0], in.DelayMS[1]) > most {
			return d, &controlError{err: errDelay, field: "delay_ms"}
		}
		d.MinDelay, d.MaxDelay = time.Duration(in.DelayMS[0])*time.Millisecond, time.Duration(in.DelayMS[1])*time.Millisecond
	}
	return d, nil
}

func orderOf(d Disorder) disorderOrder {
	return disorderOrder{
		Duplicate: d.Duplicate, Reorder: d.Reorder, Batch: d.Batch, Seed: d.Seed, Retries: d.Retries,
		DelayMS: []int{int(d.MinDelay.Milliseconds()), int(d.MaxDelay.Milliseconds())},
	}
}

// disorderState is what is shown of it: the order, and the pages whose bot is down.
type disorderState struct {
	disorderOrder
	Outages []Outage `json:"outages"`
}

// disorderState must be called with s.mu held.
func (s *Simulator) disorderState() disorderState {
	return disorderState{orderOf(s.disorder), s.outages()}
}
