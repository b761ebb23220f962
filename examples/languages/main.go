// Languages answers each person in their own language: English, German, Polish or Arabic. It shows plurals, ordinals, selects,
// money, dates, lists, and values that stand in a text of another direction. Without credentials it starts a fake platform
// beside the bot, in the same process:
//
//	go run ./examples/languages
//
// and prints the address of a page to chat on, as people of several locales. Write a number, such as 1, 2, 5 or 22, to see a
// plural. With MESSENGER_APP_SECRET, MESSENGER_VERIFY_TOKEN and MESSENGER_PAGE_TOKEN set it talks to the real platform.
// docs/i18n.md explains the catalogues, and docs/i18n-command.md the command that keeps them whole.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/sqlite"
)

// What the bot and the fake platform know each other by. On the real platform these are
// secrets.
const (
	appSecret   = "languages-app-secret"
	pageToken   = "languages-page-token"
	verifyToken = "languages-verify-token"
)

func main() {
	addr := flag.String("addr", "localhost:8080", "address to listen on")
	db := flag.String("db", "languages.db", "file of the SQLite database")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := serve(ctx, *addr, *db, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "languages:", err)
		os.Exit(1)
	}
}

// serve runs the bot on a file of SQLite.
func serve(ctx context.Context, addr, db string, out io.Writer) error {
	st, err := sqlite.Open(db)
	if err != nil {
		return err
	}
	return errors.Join(run(ctx, addr, st, out), st.Close())
}

// run serves until ctx ends. Its first line has the address.
func run(ctx context.Context, addr string, st store.Store, out io.Writer) (err error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()
	origin := "http://" + listener.Addr().String()
	config, platform, err := configure(origin)
	if err != nil {
		return err
	}
	config.Store, config.Policy = st, policy(today(time.Now()))
	if config.Catalog, err = catalog(); err != nil {
		return err
	}
	config.Logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	bot, err := messenger.New(config)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/webhook", bot)
	if platform != nil {
		mux.Handle("/", platform)
		defer func() { err = errors.Join(err, platform.Close()) }()
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10}
	defer func() { _ = server.Close() }()
	go func() { _ = server.Serve(listener) }()
	if _, err := fmt.Fprintln(out, origin); err != nil {
		return err
	}
	return bot.Run(ctx)
}

// people are those who can chat on the page of the fake platform: in the languages of the bot, and in others.
func people() []simulator.Person {
	return []simulator.Person{
		{FirstName: "Ada", Locale: "en_US", Timezone: -5},
		{FirstName: "Otto", Locale: "de_DE", Timezone: 1},
		{FirstName: "Zofia", Locale: "pl_PL", Timezone: 1},
		{FirstName: "ليلى", Locale: "ar_AR", Timezone: 3},
		{FirstName: "Urs", Locale: "de_CH", Timezone: 1},
		{FirstName: "José", Locale: "es_ES", Timezone: 1}, // the bot does not speak Spanish: the source texts
	}
}

// today is a shop with an order of yesterday.
func today(now time.Time) shop {
	return shop{ordered: now.AddDate(0, 0, -1), until: now.Add(2 * time.Hour)}
}

// configure returns the bot's configuration, and a fake platform if there are no credentials for
// the real one.
func configure(origin string) (messenger.Config, *simulator.Simulator, error) {
	if os.Getenv("MESSENGER_APP_SECRET")+os.Getenv("MESSENGER_VERIFY_TOKEN")+os.Getenv("MESSENGER_PAGE_TOKEN") != "" {
		config, err := messenger.ConfigFromEnv()
		return config, nil, err
	}
	platform, err := simulator.New(simulator.Config{
		AppSecret: appSecret, PageName: "Parcels", People: people(), PageToken: pageToken, VerifyToken: verifyToken, WebhookURL: origin + "/webhook",
	})
	return messenger.Config{
		Apps: messenger.App(appSecret), GraphURL: origin, Tokens: graph.PageToken(pageToken), VerifyToken: secret.New(verifyToken),
	}, platform, err
}
