// Assistant answers people by a language model, behind any HTTP endpoint of the form that OpenAI has. Without credentials of
// the platform it starts a fake one beside the bot, in the same process:
//
//	go run ./examples/assistant -model-url http://localhost:11434/v1 -model llama3.2
//
// and prints the address of a page to chat on. Write "research", and what about, to see a question handed over to a system outside, which
// posts its result to /results; RESEARCH_KEY is the bearer token of both if -research-url names one. MODEL_KEY is the endpoint's key, if it needs one. With MESSENGER_APP_SECRET,
// MESSENGER_VERIFY_TOKEN and MESSENGER_PAGE_TOKEN set it talks to the real platform. docs/language-models.md explains it.
package main

import (
	"context"
	"crypto/rand"
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
	"github.com/djmessenger/messenger/store/sqlite"
)

// What the bot and the fake platform know each other by. On the real platform these are secrets.
const (
	appSecret   = "assistant-app-secret"
	pageToken   = "assistant-page-token"
	verifyToken = "assistant-verify-token"
)

func main() {
	addr := flag.String("addr", "localhost:8080", "address to listen on")
	db := flag.String("db", "assistant.db", "file of the SQLite database")
	m := model{client: &http.Client{}, key: os.Getenv("MODEL_KEY")}
	flag.DurationVar(&m.patience, "patience", 2*time.Minute, "how long the model may take, at most 9m")
	flag.StringVar(&m.url, "model-url", "http://localhost:11434/v1", "URL of the model's endpoint, without /chat/completions")
	flag.StringVar(&m.name, "model", "llama3.2", "name of the model")
	o := outside{client: &http.Client{}, key: os.Getenv("RESEARCH_KEY")}
	flag.StringVar(&o.url, "research-url", "", "URL of a system that takes what people want to be researched; empty: one in this process")
	flag.DurationVar(&o.patience, "research-patience", 30*time.Minute, "how long that may take")
	flag.BoolVar(&m.stream, "stream", false, "read the answer in pieces")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *addr, *db, m, o, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "assistant:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends. Its first line has the address.
func run(ctx context.Context, addr, db string, m model, o outside, out io.Writer) (err error) {
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
	st, err := sqlite.Open(db)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	mux := http.NewServeMux()
	if o.url == "" {
		patient := m
		patient.patience = o.patience
		o.url, o.key = origin+"/research", rand.Text()
		worker := &researcher{model: patient, client: &http.Client{}, key: o.key, results: origin + "/results", pause: time.Second}
		var end context.CancelFunc
		worker.ctx, end = context.WithCancel(ctx)
		defer func() { end(); worker.wait() }()
		mux.Handle("POST /research", worker)
	}
	config.Store, config.Policy = st, policy(m, o)
	config.Logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	bot, err := messenger.New(config)
	if err != nil {
		return err
	}
	mux.Handle("/webhook", bot)
	mux.Handle("POST /results", results(bot, o.key))
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

// configure returns the bot's configuration, and a fake platform if there are no credentials for the real one.
func configure(origin string) (messenger.Config, *simulator.Simulator, error) {
	if os.Getenv("MESSENGER_APP_SECRET")+os.Getenv("MESSENGER_VERIFY_TOKEN")+os.Getenv("MESSENGER_PAGE_TOKEN") != "" {
		config, err := messenger.ConfigFromEnv()
		return config, nil, err
	}
	platform, err := simulator.New(simulator.Config{
		AppSecret: appSecret, PageName: "Assistant", PageToken: pageToken, VerifyToken: verifyToken, WebhookURL: origin + "/webhook",
	})
	return messenger.Config{
		Apps: messenger.App(appSecret), GraphURL: origin, Tokens: graph.PageToken(pageToken), VerifyToken: secret.New(verifyToken),
	}, platform, err
}
