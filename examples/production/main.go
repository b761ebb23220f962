// Command production is a complete bot for production use: configured by its
// environment, in one process or in several replicas, with probes, structured logs
// and graceful shutdown.
//
//	MESSENGER_DATABASE=/var/lib/shop/bot.db            one machine
//	MESSENGER_DATABASE=postgres://shop@db.internal/bot several replicas
//
// MESSENGER_APP_SECRET, MESSENGER_VERIFY_TOKEN, MESSENGER_PAGE_TOKEN and the other
// variables of messenger.ConfigFromEnv name the app and the page that it serves.
// MESSENGER_ADDR is the listen address (:8080). docs/production.md describes its
// operation.
package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/store"
)

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, log)
	stop()
	if err != nil {
		log.Error("ended", "error", err)
		os.Exit(1)
	}
}

// run serves until ctx ends: the probes at once, the webhook as soon as there
// is a database.
func run(ctx context.Context, log *slog.Logger) error {
	cfg, err := messenger.ConfigFromEnv()
	if err != nil {
		return err
	}
	cfg.Logger = log
	cfg.Policy = policy()
	database := os.Getenv("MESSENGER_DATABASE")
	if database == "" {
		return errors.New("MESSENGER_DATABASE is not set: the path of a SQLite file, or a postgres:// URL")
	}
	listener, err := net.Listen("tcp", cmp.Or(os.Getenv("MESSENGER_ADDR"), ":8080"))
	if err != nil {
		return err
	}
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	site := newSite()
	server := &http.Server{
		Handler:           site,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			fail(err)
		}
	}()
	log.Info("listening", "addr", listener.Addr().String())

	// A clean stop has this order: Run, the HTTP server, the store. Until the
	// server is down it takes callbacks, and they need the store.
	st, err := openStore(ctx, log, database)
	if err == nil {
		err = serve(ctx, log, cfg, st, site)
	} else if ctx.Err() != nil {
		err = nil // stopped while it waited for the database
	}
	if cause := context.Cause(ctx); err == nil && !errors.Is(cause, context.Canceled) {
		err = cause
	}
	shutdown, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err = errors.Join(err, server.Shutdown(shutdown))
	if st != nil {
		err = errors.Join(err, st.Close())
	}
	return err
}

// serve runs the bot until ctx ends. While it drains it continues to take
// callbacks, which another replica, or the next start, handles.
func serve(ctx context.Context, log *slog.Logger, cfg messenger.Config, st store.Store, site *site) error {
	cfg.Store = st
	bot, err := messenger.New(cfg)
	if err != nil {
		return err
	}
	site.open(bot)
	go watch(ctx, log, bot)
	return bot.Run(ctx)
}

// watch logs how the bot is doing, once a minute.
func watch(ctx context.Context, log *slog.Logger, bot *messenger.Bot) {
	ticker := time.NewTicker(time.Minute)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			stats, err := bot.Stats(ctx)
			if err != nil {
				log.Error("no statistics", "error", err)
				continue
			}
			log.Info("statistics", "stats", stats)
		}
	}
}
