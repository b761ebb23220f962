package main

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/store"
)

// maxResult is how many bytes of a result are read.
const maxResult = 64 << 10

// result is what the system outside posts to the bot, until it is told that it was stored: with 204.
type result struct {
	Page   string `json:"page"`
	Person string `json:"person"`
	finding
}

// signaller is a bot.
type signaller interface {
	Signal(ctx context.Context, pageID, psid, key, payload string) error
}

// results takes results. Each is a signal with a key of its request, so that one that comes twice has one effect.
func results(bot signaller, key string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !authorized(r, key) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		var res result
		if json.NewDecoder(http.MaxBytesReader(w, r.Body, maxResult)).Decode(&res) != nil || res.Request == "" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		text, err := found.EncodeSignal(res.finding)
		if err == nil {
			err = bot.Signal(r.Context(), res.Page, res.Person, "found "+res.Request, text)
		}
		switch {
		case err == nil:
			w.WriteHeader(http.StatusNoContent)
		case errors.Is(err, store.ErrNoPerson): // who was forgotten meanwhile
			w.WriteHeader(http.StatusGone)
		case handling.IsPermanent(err):
			w.WriteHeader(http.StatusBadRequest)
		default: // not stored: the caller tries again
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
}

// authorized reports whether a request has the key as its bearer token. An empty key lets no request in.
func authorized(r *http.Request, key string) bool {
	return key != "" && subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+key)) == 1
}
