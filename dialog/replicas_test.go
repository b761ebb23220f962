package dialog_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/dialog"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/testpostgres"
	"github.com/djmessenger/messenger/messengertest"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/postgres"
	"github.com/djmessenger/messenger/store/sqlite"
)

// databases open the real stores: n connections to one database, as that many replicas have.
var databases = map[string]func(t *testing.T, n int) []store.Store{
	"SQLite": func(t *testing.T, n int) []store.Store {
		t.Helper()
		st, err := sqlite.Open(filepath.Join(t.TempDir(), "bot.db"))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, st.Close()) })
		return slices.Repeat([]store.Store{st}, n)
	},
	"PostgreSQL": func(t *testing.T, n int) []store.Store {
		t.Helper()
		dsn := testpostgres.DSN(t)
		all := make([]store.Store, n)
		for i := range all {
			st, err := postgres.Open(dsn)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, st.Close()) })
			all[i] = st
		}
		return all
	},
}

// idle is a store whose replica takes no work while it is set.
type idle struct {
	store.Store

	mu  sync.RWMutex // held for reading by calls of Claim, so that none is under way when Set returns
	set bool
}

func (s *idle) Unwrap() store.Store { return s.Store }

func (s *idle) Claim(ctx context.Context, claim store.Claim) ([]store.Lease, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.set {
		return nil, nil
	}
	return s.Store.Claim(ctx, claim)
}

func (s *idle) Set(set bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.set = set
}

// rollout is a platform with two replicas of a bot on one database: the older program, and the newer one.
type rollout struct {
	*simulator.Simulator

	t    *testing.T
	idle [2]*idle
	to   atomic.Int32 // the replica that gets the callbacks
}

const (
	older = iota
	newer
)

func newRollout(t *testing.T, stores []store.Store) *rollout {
	t.Helper()
	r := &rollout{t: t}
	var err error
	r.Simulator, err = simulator.New(simulator.Config{
		AppSecret: messengertest.AppSecret, PageID: messengertest.PageID, PageToken: messengertest.PageToken, VerifyToken: messengertest.VerifyToken,
	})
	require.NoError(t, err)
	api := httptest.NewServer(r.Simulator)
	t.Cleanup(api.Close)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	var bots [2]*messenger.Bot
	for i := range bots {
		r.idle[i] = &idle{Store: stores[i]}
		d := program(i)
		bots[i], err = messenger.New(messenger.Config{
			Apps: messenger.App(messengertest.AppSecret), Tokens: graph.PageToken(messengertest.PageToken),
			VerifyToken: secret.New(messengertest.VerifyToken), GraphURL: api.URL, Store: r.idle[i], Policy: starting(d),
		})
		require.NoError(t, err)
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- bots[i].Run(ctx) }()
		t.Cleanup(func() { stop(); require.NoError(t, <-ended) })
	}
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { bots[r.to.Load()].ServeHTTP(w, req) }))
	t.Cleanup(hook.Close)
	require.NoError(t, r.SetWebhook(hook.URL))
	return r
}

// program is the dialog of a replica: in the newer one the steps have new names.
func program(i int) dialog.Dialog[order] {
	d := dialog.Dialog[order]{
		Name: "pizza", Steps: []dialog.Step[order]{askSize, askToppings, askAddress, confirm},
		Done: func(ctx context.Context, run *dialog.Run[order]) error {
			return run.Say(ctx, "Thank you, for "+run.State.Address+".")
		},
	}
	if i == newer {
		d.Version = 1
		d.Steps = renamed()
	}
	return d
}

// only lets one replica work.
func (r *rollout) only(i int) {
	r.idle[1-i].Set(true)
	r.idle[i].Set(false)
	r.to.Store(int32(i))
}

// talk is a conversation with the replicas.
type talk struct {
	*rollout

	psid string
	seen map[string]bool
}

func (r *rollout) talk(name string) *talk {
	r.t.Helper()
	p, err := r.AddPerson(simulator.Person{FirstName: name, Locale: "en_US"})
	require.NoError(r.t, err)
	return &talk{r, p.ID, map[string]bool{}}
}

func (k *talk) sees(want ...string) {
	k.t.Helper()
	ctx, cancel := context.WithTimeout(k.t.Context(), time.Minute)
	defer cancel()
	for _, text := range want {
		m, err := k.Wait(ctx, k.psid, func(m simulator.Message) bool { return !k.seen[m.ID] })
		require.NoError(k.t, err, "waiting for %q", text)
		k.seen[m.ID] = true
		require.Equal(k.t, text, m.Text)
	}
}

func (k *talk) says(text string, want ...string) {
	k.t.Helper()
	_, err := k.Say(k.t.Context(), k.psid, text)
	require.NoError(k.t, err)
	k.sees(want...)
}

func (k *talk) taps(title string, want ...string) {
	k.t.Helper()
	_, err := k.TapQuickReply(k.t.Context(), k.psid, title)
	require.NoError(k.t, err)
	k.sees(want...)
}

// A person who is in a dialog meets the older and the newer program in turns, as in a rolling deployment.
func TestADialogBetweenTwoVersionsOfTheProgram(t *testing.T) {
	t.Parallel()
	for kind, open := range databases {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := newRollout(t, open(t, 2))
			ada := r.talk("Ada")
			r.only(older)
			ada.says("pizza", "Which size?")
			ada.taps("Large", "Which toppings?")
			r.only(newer)
			ada.taps("Ham", "Anything else?") // a chip of the older program
			ada.says("done", "Where to?")
			r.only(older)
			ada.says("1 Main Street") // which it leaves to the newer one
			require.NoError(t, r.Flush(t.Context()))
			open, in, err := dialog.Of(t.Context(), r.idle[older].Store, messengertest.PageID, ada.psid)
			require.NoError(t, err)
			require.True(t, in)
			require.Equal(t, [2]any{"where", 1}, [2]any{open.Step, open.Version})
			r.only(newer)
			ada.sees("Large, Ham, to 1 Main Street. All right?")
			ada.taps("Change the size", "Which size?")
			ada.taps("Small", "Small, Ham, to 1 Main Street. All right?")
			ada.says("yes", "Thank you, for 1 Main Street.")
			r.only(older)
			ada.says("pizza", "Which size?") // a run of its own
		})
	}
}

// Both work, and either may take any event.
func TestDialogsWhileTwoVersionsOfTheProgramWork(t *testing.T) {
	t.Parallel()
	for kind, open := range databases {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := newRollout(t, open(t, 2))
			var all sync.WaitGroup
			for i := range 6 {
				k := r.talk("P" + strconv.Itoa(i))
				all.Go(func() {
					k.says("pizza", "Which size?")
					k.taps("Large", "Which toppings?")
					k.says("ham, done", "Where to?")
					k.says(strconv.Itoa(i)+" Main Street", "Large, Ham, to "+strconv.Itoa(i)+" Main Street. All right?")
					k.says("yes", "Thank you, for "+strconv.Itoa(i)+" Main Street.")
				})
			}
			all.Wait()
		})
	}
}
