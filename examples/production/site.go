package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/sending"
)

// site is what the process answers over HTTP:
//
//	/webhook                   the platform's callbacks
//	/livez                     200 unless only a restart helps
//	/readyz                    200 while it can take callbacks and handle them
//	POST /orders/{id}/shipped  from the shop, see shipped
type site struct {
	*http.ServeMux
	bot atomic.Pointer[messenger.Bot]
}

func newSite() *site {
	s := &site{ServeMux: http.NewServeMux()}
	s.HandleFunc("/webhook", s.withBot(func(bot *messenger.Bot, w http.ResponseWriter, r *http.Request) { bot.ServeHTTP(w, r) }))
	s.HandleFunc("GET /livez", s.live)
	s.HandleFunc("GET /readyz", s.withBot(s.ready))
	s.HandleFunc("POST /orders/{id}/shipped", s.withBot(shipped))
	return s
}

// open lets the bot take callbacks.
func (s *site) open(bot *messenger.Bot) { s.bot.Store(bot) }

// withBot answers 503 while there is no bot, so that the platform sends its
// callback again.
func (s *site) withBot(serve func(*messenger.Bot, http.ResponseWriter, *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		bot := s.bot.Load()
		if bot == nil {
			http.Error(w, "no database", http.StatusServiceUnavailable)
			return
		}
		serve(bot, w, r)
	}
}

// live fails if so much of the program's code hangs that only a restart frees it. That
// the database is away is no reason for one.
func (s *site) live(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), time.Second)
	defer cancel()
	if bot := s.bot.Load(); bot != nil {
		if err := bot.Healthy(ctx); errors.Is(err, messenger.ErrStuck) {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
	}
	_, _ = io.WriteString(w, "ok\n")
}

func (s *site) ready(bot *messenger.Bot, w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := bot.Healthy(ctx); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	_, _ = io.WriteString(w, "ok\n")
}

// shipped is called by the shop's own services when an order leaves the house,
// as often as they like: the person gets one message. A real shop has its own
// authentication before it, or listens for such calls on another address.
func shipped(bot *messenger.Bot, w http.ResponseWriter, r *http.Request) {
	pageID, psid, order := r.FormValue("page"), r.FormValue("person"), r.PathValue("id")
	ctx, err := bot.For(r.Context(), pageID, psid)
	if err == nil {
		text := sending.Expand(sending.WithValues(ctx, map[string]string{"order": order}),
			"%{first_name|Hello}, your order %{order} is on its way.")
		err = bot.SendOnce(ctx, pageID, psid, "order-"+order+"-shipped", sending.Text(text))
	}
	var mistake *sending.FieldError
	switch {
	case err == nil:
		w.WriteHeader(http.StatusAccepted)
	case pageID == "" || psid == "" || errors.As(err, &mistake):
		http.Error(w, err.Error(), http.StatusBadRequest)
	default:
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	}
}
