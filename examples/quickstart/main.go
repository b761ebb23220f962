// Quickstart is a small bot to try and to take apart. It starts a fake platform
// beside the bot, in the same process:
//
//	go run ./examples/quickstart
//
// and prints the address of a page to chat on. With the flag -real it talks to the
// platform that the environment names, with MESSENGER_APP_SECRET,
// MESSENGER_VERIFY_TOKEN and MESSENGER_PAGE_TOKEN, and sets the thread settings of
// that page. What the bot learns is kept in a SQLite file.
package main

import (
	"cmp"
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
	"github.com/djmessenger/messenger/store/sqlite"
	"github.com/djmessenger/messenger/threadsettings"
)

// What the bot and the fake platform know each other by. On the real platform
// these are secrets.
const (
	appSecret   = "quickstart-app-secret"
	pageToken   = "quickstart-page-token"
	verifyToken = "quickstart-verify-token"
)

func main() {
	opts := options{out: os.Stdout, notes: os.Stderr}
	flag.StringVar(&opts.addr, "addr", "localhost:8080", "address to listen on")
	flag.StringVar(&opts.db, "db", "quickstart.db", "file of the SQLite database")
	flag.BoolVar(&opts.real, "real", false, "talk to the real platform with the credentials of the environment, and set the page's thread settings")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "quickstart: unexpected argument %q\n", flag.Arg(0))
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, opts)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

// unused names a credential in the environment that -real would use; empty if there is none.
func unused() string {
	for _, name := range []string{"MESSENGER_APP_SECRET", "MESSENGER_VERIFY_TOKEN", "MESSENGER_PAGE_TOKEN"} {
		if os.Getenv(name) != "" {
			return name
		}
	}
	return ""
}

type options struct {
	addr, db string
	out      io.Writer
	notes    io.Writer // what is worth knowing besides
	real     bool      // not the fake platform
}

// run serves until ctx ends. It prints one line, with the address, when people
// can come.
func run(ctx context.Context, opts options) error {
	// Listen first: whatever goes wrong then, the port is ours to report on.
	listener, err := net.Listen("tcp", opts.addr)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()
	origin := "http://" + listener.Addr().String()

	cfg, platform, err := configure(origin, opts)
	if err != nil {
		return err
	}
	st, err := sqlite.Open(opts.db)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }()
	cfg.Store = st
	bot, err := messenger.New(cfg)
	if err != nil {
		return err
	}

	mux := http.NewServeMux()
	mux.Handle("/webhook", bot)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		if err := bot.Healthy(r.Context()); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		_, _ = fmt.Fprintln(w, "ok")
	})
	hello := fmt.Sprintf("The webhook is at %s/webhook; give the platform its public https address. Calls go to %s; the page's menu, greeting and Get Started button are being set there.",
		origin, cmp.Or(cfg.GraphURL, "https://graph.facebook.com"))
	if platform != nil {
		mux.Handle("/", platform)
		if name := unused(); name != "" {
			_, _ = fmt.Fprintf(opts.notes, "%s is set and not used: this is the fake platform. The flag -real uses the real one.\n", name)
		}
		hello = fmt.Sprintf("Chat with the bot at %s (Ctrl-C ends it).", pageAddress(opts.addr, listener))
	}
	server := &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    64 << 10, // browsers send the cookies of all that runs on localhost
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	if _, err := fmt.Fprintln(opts.out, hello); err != nil {
		return err
	}

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			cancel(err)
		}
	}()
	err = bot.Run(ctx)
	if cause := context.Cause(ctx); err == nil && !errors.Is(cause, context.Canceled) {
		err = cause
	}
	if platform != nil {
		err = errors.Join(err, platform.Close())
	}
	shutdown, done := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer done()
	if err := server.Shutdown(shutdown); err != nil {
		_ = server.Close() // open chat pages
	}
	return err
}

// configure returns the bot's configuration, and the fake platform if it is
// wanted.
func configure(origin string, opts options) (cfg messenger.Config, platform *simulator.Simulator, err error) {
	if !opts.real {
		cfg, platform, err = simulated(origin, opts.addr)
	} else {
		cfg, err = messenger.ConfigFromEnv()
	}
	if err != nil {
		return cfg, nil, err
	}
	if cfg.Catalog, err = catalog(); err != nil {
		return cfg, nil, err
	}
	level := slog.LevelInfo // what the real platform sends, the dashboard's test events too
	if !opts.real {
		level = slog.LevelWarn
	}
	cfg.Logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	cfg.Policy = policy()
	cfg.DefaultText = defaultText
	cfg.ThreadSettings = map[string]threadsettings.Settings{graph.Me: settings()}
	return cfg, platform, nil
}

// simulated returns a fake platform and a configuration that talks to it. The
// chat page answers to the host name that was given to listen on.
func simulated(origin, addr string) (messenger.Config, *simulator.Simulator, error) {
	var hosts []string
	if host, _, err := net.SplitHostPort(addr); err == nil && host != "" {
		hosts = []string{host}
	}
	platform, err := simulator.New(simulator.Config{
		Hosts:       hosts,
		AppSecret:   appSecret,
		PageName:    "Tee Shop",
		PageToken:   pageToken,
		Strangers:   true, // so that callbacks posted by hand are answered
		VerifyToken: verifyToken,
		WebhookURL:  origin + "/webhook",
	})
	return messenger.Config{
		Apps:        messenger.App(appSecret),
		GraphURL:    origin,
		Tokens:      graph.PageToken(pageToken),
		VerifyToken: secret.New(verifyToken),
	}, platform, err
}

// pageAddress is the address to open in a browser: with the name that the user
// gave, so that it reads like what they typed.
func pageAddress(addr string, listener net.Listener) string {
	host, _, err := net.SplitHostPort(addr)
	_, port, err2 := net.SplitHostPort(listener.Addr().String())
	if err != nil || err2 != nil || host == "" {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port) + "/"
}
