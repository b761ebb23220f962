package chaos_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
	"github.com/djmessenger/messenger/threadsettings"
)

const (
	appSecret   = "chaos-app-secret"
	verifyToken = "chaos-verify-token"
	pageToken   = "chaos-page-token"

	// sessionName is the session that holds the numbers which a person's
	// events have left, in the order in which they took effect.
	sessionName = "applied"
)

// What a person may write, with a number or a name behind it.
const (
	verbSay  = "say"  // add the number to the list, and say it back
	verbSlow = "slow" // as verbSay, after some time
	verbFail = "fail" // fail, whenever it is tried
	verbExit = "exit" // end the process
	verbHold = "hold" // as verbSay, once the platform lets the commit go on
	verbLong = "long" // as verbSay, after longThink, of whose begin the platform is told
)

// runBot is a bot as a program of its own: it says on its standard output where
// it listens, and ends cleanly on SIGTERM.
func runBot() error {
	graphURL := os.Getenv("CHAOS_GRAPH")
	var opts []gormstore.Option
	if bound, err := strconv.Atoi(os.Getenv("CHAOS_BACKLOG")); err == nil {
		opts = append(opts, gormstore.WithBacklog(bound))
	}
	st, err := open(os.Getenv("CHAOS_DSN"), opts...)
	if err != nil {
		return err
	}
	var settings map[string]threadsettings.Settings
	if greeting := os.Getenv("CHAOS_GREETING"); greeting != "" {
		settings = map[string]threadsettings.Settings{graph.Me: {Greeting: threadsettings.GreetingOf(greeting)}}
	}
	bot, err := messenger.New(messenger.Config{
		Apps:     messenger.App(appSecret),
		GraphURL: graphURL,
		Logger:   slog.New(slog.NewTextHandler(os.Stderr, nil)),
		Policy: routing.Policy{
			receiving.TypeSimpleText: {{Name: "apply", Handler: handler{}}},
			receiving.TypeSignal:     {{Name: "raised", Handler: handling.OnPayload(raisedKind, applyRaised)}},
		},
		Store:          gated{Store: st, url: graphURL},
		ThreadSettings: settings,
		Tokens:         graph.PageToken(pageToken),
		VerifyToken:    secret.New(verifyToken),
	})
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{ // with the limits that docs/production.md asks for
		Handler: routes(bot, st), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	fmt.Println("http://" + listener.Addr().String())
	if err := bot.Run(ctx); err != nil {
		return err
	}
	if err := server.Shutdown(context.Background()); err != nil {
		return err
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return st.Close()
}

func routes(bot *messenger.Bot, st store.Store) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/webhook", bot)
	mux.HandleFunc("/broadcast", func(w http.ResponseWriter, r *http.Request) {
		if err := broadcast(r.Context(), bot, st); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, r *http.Request) {
		if err := bot.Healthy(r.Context()); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	})
	// What a disk that is full does: no file grows beyond so many bytes.
	mux.HandleFunc("/disk/{bytes}", func(w http.ResponseWriter, r *http.Request) {
		signal.Ignore(syscall.SIGXFSZ)
		var limit syscall.Rlimit
		err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit)
		if limit.Cur = limit.Max; r.PathValue("bytes") != "all" {
			limit.Cur, _ = strconv.ParseUint(r.PathValue("bytes"), 10, 64)
		}
		if err = errors.Join(err, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit)); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	mux.HandleFunc("/left", func(w http.ResponseWriter, r *http.Request) {
		stats, err := bot.Stats(r.Context())
		broadcasts, broadcastsErr := unfinished(r.Context(), bot)
		if err := errors.Join(err, broadcastsErr); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		_, _ = fmt.Fprint(w, stats.Queue.Events+stats.Queue.Timers+stats.Queue.Sends+broadcasts)
	})
	mux.HandleFunc("/memory", func(w http.ResponseWriter, _ *http.Request) {
		var m runtime.MemStats
		debug.FreeOSMemory() // after a collection, so that what is resident is in use
		runtime.ReadMemStats(&m)
		_, _ = fmt.Fprint(w, m.HeapAlloc)
	})
	return mux
}

// handler adds a number to its person's session and says it back.
type handler struct{}

func (handler) ShouldHandle(context.Context, *receiving.Event) bool { return true }

func (handler) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	verb, what, _ := strings.Cut(ev.Text(), " ")
	switch verb {
	case verbSlow:
		select {
		case <-time.After(think):
		case <-ctx.Done():
			return ctx.Err()
		}
	case verbLong:
		resp, err := http.Get(os.Getenv("CHAOS_GRAPH") + "/begun")
		if err != nil {
			return err
		}
		_ = resp.Body.Close()
		select {
		case <-time.After(longThink):
		case <-ctx.Done():
			return ctx.Err()
		}
	case verbFail:
		return errors.New("poison")
	case verbExit:
		// The test looks at what is under way, and ends the process here. Without that
		// look the process must not end.
		for {
			if resp, err := http.Get(fmt.Sprint(os.Getenv("CHAOS_GRAPH"), "/dying/", os.Getpid())); err == nil {
				_ = resp.Body.Close()
				os.Exit(3)
			}
		}
	}
	n, err := strconv.Atoi(what)
	if err != nil {
		return err
	}
	session, err := store.SessionFrom(ctx, sessionName)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	var applied []int
	if len(session.Data) > 0 {
		if err := json.Unmarshal(session.Data, &applied); err != nil {
			return err
		}
	}
	data, err := json.Marshal(append(applied, n))
	if err != nil {
		return err
	}
	err = store.Queue(ctx, store.SaveSession{
		PageID: ev.PageID, PSID: ev.PSID, Name: sessionName, Data: data, Version: session.Version,
	})
	if err != nil {
		return err
	}
	if verb == verbHold {
		err = store.Queue(ctx, store.AddThumbUp{PageID: ev.PageID, PSID: ev.PSID})
	}
	return errors.Join(err, raise(ctx, n), reply.Reply(ctx, sending.Text(what)))
}

// gated is a store that asks the platform before it commits a turn of verbHold:
// the process can be stopped between its last look at the lease and the commit.
type gated struct {
	store.Store
	url string
}

func (g gated) Unwrap() store.Store { return g.Store }

func (g gated) Commit(ctx context.Context, out store.Outcome) ([]store.QueuedSend, error) {
	held := slices.ContainsFunc(out.Writes, func(w store.Write) bool {
		_, ok := w.(store.AddThumbUp)
		return ok
	})
	if !held {
		return g.Store.Commit(ctx, out)
	}
	resp, err := http.Get(g.url + "/gate")
	if err != nil {
		return nil, err
	}
	if err := resp.Body.Close(); err != nil {
		return nil, err
	}
	// As a commit that was on its way when the process was stopped.
	return g.Store.Commit(context.WithoutCancel(ctx), out)
}
