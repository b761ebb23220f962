package simulator

import (
	"context"
	"fmt"
	"net/http"
)

// routeThreads adds what bots in other languages need of [OtherApp].
func (s *Simulator) routeThreads(mux *routes) {
	mux.HandleFunc("GET /simulator/people/{psid}/thread", func(w http.ResponseWriter, r *http.Request) {
		t := s.ThreadOf(r.PathValue("psid"))
		if t.PSID == "" {
			complain(w, http.StatusNotFound, fmt.Errorf("%w: %s", ErrNoPerson, r.PathValue("psid")))
			return
		}
		respond(w, t)
	})
	mux.HandleFunc("POST /simulator/people/{psid}/thread", answering(func(r *http.Request, in threadAct) (any, error) {
		psid := r.PathValue("psid")
		err := s.doThread(r.Context(), psid, in)
		return s.ThreadOf(psid), err
	}))
	mux.HandleFunc("POST /simulator/people/{psid}/agent", answering(func(r *http.Request, in agentMessage) (any, error) {
		app, err := s.otherApp(in.By)
		if err != nil {
			return nil, err
		}
		mid, err := app.Say(r.Context(), r.PathValue("psid"), in.Message.Text)
		return map[string]string{"mid": mid}, err
	}))
}

// threadAct is what another app does with a conversation.
type threadAct struct {
	Do       string `json:"do"` // take, pass, request, release, expire
	By       string `json:"by"` // app id; empty: the inbox
	To       string `json:"to"` // pass; empty: the bot's app
	Metadata string `json:"metadata"`
}

// agentMessage is what someone at work writes, or another app.
type agentMessage struct {
	By      string `json:"by"` // app id; empty: the inbox
	Message struct {
		Text string `json:"text"`
	} `json:"message"`
}

func (s *Simulator) doThread(ctx context.Context, psid string, in threadAct) error {
	if in.Do == "expire" {
		return s.expireThread(ctx, psid, in)
	}
	app, err := s.otherApp(in.By)
	if err != nil {
		return err
	}
	switch in.Do {
	case "take":
		return app.TakeThread(ctx, psid, in.Metadata)
	case "pass":
		return app.PassThread(ctx, psid, in.To, in.Metadata)
	case "request":
		return app.RequestThread(ctx, psid, in.Metadata)
	case "release":
		return app.ReleaseThread(ctx, psid)
	}
	return &controlError{err: fmt.Errorf("simulator: do must be take, pass, request, release or expire, not %q", in.Do), field: "do"}
}

// expireThread is the act of the clock: no app does it.
func (s *Simulator) expireThread(ctx context.Context, psid string, in threadAct) error {
	for field, value := range map[string]string{"by": in.By, "to": in.To, "metadata": in.Metadata} {
		if value != "" {
			return &controlError{err: fmt.Errorf("simulator: expire has no field %q", field), field: field}
		}
	}
	return s.ExpireThread(ctx, psid)
}

// otherApp is the app with that id; the inbox if it is empty.
func (s *Simulator) otherApp(id string) (OtherApp, error) {
	if id != "" && !digits(id) {
		return OtherApp{}, fmt.Errorf("simulator: %q is no id of an app", id)
	}
	return OtherApp{sim: s, id: id}, nil
}
