package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"
)

// ErrClosed is returned by everything that would act after [Simulator.Close].
var ErrClosed = errors.New("simulator: closed")

// Simulator is the Messenger Platform as one bot sees it. It is an
// [http.Handler]; all methods are safe for concurrent use.
type Simulator struct {
	cfg     Config
	random  *random
	client  *http.Client
	api     *routes
	initial snapshot // to which Reset goes back

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	work   sync.WaitGroup // one per running delivery queue
	clock  clock

	// effects is held for reading while a Graph call takes effect, so that a reset comes before or after the whole call. It is
	// locked before mu.
	effects sync.RWMutex

	mu           sync.Mutex
	closed       bool
	main         *page // that of Config.PageID; it stays when it is removed
	pages        []*page
	home         map[string]*page  // of people
	order        []string          // ids of people
	apps         map[string]string // secrets
	webhook      string
	problem      problem // with the last callback
	answerBytes  int     // of all attempts together
	faults       []*fault
	requests     []Request
	requestBytes int // of their bodies and answers together
	deliveries   []*Delivery
	queues       map[string]*queue
	pending      int // deliveries that are not settled
	numbered     int // deliveries so far
	flushing     int // calls of Flush
	disorder     Disorder
	drawn        map[string]uint64 // callbacks of each queue and field since the disorder began
	raws         []*Message        // that keep what went over the wire, oldest first
	rawBytes     int
	files        map[string]*file
	fileOrder    []string
	usage        string
	serial       int                      // of what can be listed
	userTokens   map[string]string        // of which app
	appFields    map[string]subscriptions // of apps that have changed them
	feed         feed
	wire         wireLog
	changed      chan struct{} // closed and replaced whenever something happened
}

// page is all that belongs to one page.
type page struct {
	id, name      string
	random        *random
	appID         string
	defaultApp    string // which has the idle conversations; empty: every app may answer
	token         string
	instagram     bool
	link          *page       // of an Instagram account: whose token is its own too
	tokenError    *GraphError // set while the token is revoked
	tokenAt       time.Time   // when it was issued
	tokenUntil    time.Time   // of Instagram Login: until when it can be used
	refreshed     []issuedToken
	lenient       bool
	usage         string // X-Business-Use-Case-Usage
	removed       bool
	gone          chan struct{} // closed when it is removed
	fields        []string
	unsubscribed  bool // for an hour of failures
	outage        outage
	people        map[string]*Person
	conversations map[string]*conversation
	profile       map[string]json.RawMessage
	profileCalls  recentCalls // of the Messenger Profile API
	attachments   map[string]attachment
	authors       map[string]author // of people's comments and posts
	comments      []*Comment
	replied       []string // comments and posts that had their private reply
	posts         []string // of the page itself, by POST /{page}/feed
	personas      []persona
	labels        []*label
	templates     []*utilityTemplate
	linkTokens    []linkToken
	optIns        []*optIn
	removedIDs    []string // of posts and comments
}

// New returns a running simulator. It reports every field of config that cannot
// work. Close it when done.
func New(config Config) (*Simulator, error) {
	cfg := config.withDefaults()
	s := &Simulator{
		cfg:        cfg,
		random:     newRandom(cfg.Seed),
		client:     callbackClient(cfg.Client),
		queues:     map[string]*queue{},
		files:      map[string]*file{},
		changed:    make(chan struct{}),
		home:       map[string]*page{},
		apps:       map[string]string{cfg.AppID: cfg.AppSecret},
		userTokens: map[string]string{DefaultUserToken: cfg.AppID},
		appFields:  map[string]subscriptions{},
		webhook:    cfg.WebhookURL,
	}
	s.clock.base = cfg.Now
	s.feed.epoch = randomHex()
	s.setDisorder(Disorder{})
	s.ctx, s.cancel = context.WithCancel(context.Background())
	if err := errors.Join(cfg.validate(), s.populate()); err != nil {
		s.cancel()
		return nil, err
	}
	s.initial = s.snapshot()
	s.api = s.newAPI()
	return s, nil
}

// ServeHTTP answers the Graph API at /v{version}/…, the chat page at / and what
// the chat page needs below /simulator/. Any other path is a Graph path
// without a version, as on the platform, and so is POST to /: a batch. Under the
// platform's own hosts, such as graph.facebook.com, there is the Graph API alone.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.Path; {
	case !toGraphHost(r) && (path == "/" && r.Method != http.MethodPost || path == "/favicon.ico" || path == "/simulator" || strings.HasPrefix(path, "/simulator/")):
		s.guarded(s.api).ServeHTTP(w, r)
	case fromBrowser(r):
		s.guarded(http.HandlerFunc(s.serveGraph)).ServeHTTP(w, r)
	case !s.takesBotsBy(r):
		s.refuseHost(w, r)
	default:
		s.serveGraph(w, r)
	}
}

// Close stops all deliveries, ends the live streams of the chat page and waits
// for what the simulator started. Calls after it answer [ErrClosed]; the
// conversations can still be read. It is idempotent and returns nil.
func (s *Simulator) Close() error {
	s.mu.Lock()
	s.closed = true
	s.cancel()
	s.notify()
	s.mu.Unlock()
	s.work.Wait()
	s.client.CloseIdleConnections()
	return nil
}

// SetWebhook changes where callbacks go from now on, waiting retries included. An
// empty URL disconnects the bot.
func (s *Simulator) SetWebhook(url string) error {
	if url != "" {
		if err := checkURL(url); err != nil {
			return errors.New("simulator: webhook " + err.Error())
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.webhook, s.problem = url, problem{}
	s.publish("webhook", s.webhookState())
	return nil
}

// webhookState is what the chat page shows of the connection to the bot. s.mu must be held.
func (s *Simulator) webhookState() map[string]string {
	return map[string]string{"url": s.webhook, "error": s.problem.err, "advice": s.problem.advice}
}

// SetPageToken is [PageControl.SetToken] of the page of [Config.PageID].
func (s *Simulator) SetPageToken(token string) { s.mainPage().SetToken(token) }

// RevokeToken is [PageControl.RevokeToken] of the page of [Config.PageID].
func (s *Simulator) RevokeToken(subcode int) { s.mainPage().RevokeToken(subcode) }

// RefuseToken is [PageControl.RefuseToken] of the page of [Config.PageID].
func (s *Simulator) RefuseToken(err *GraphError) { s.mainPage().RefuseToken(err) }

// SetUsage puts a value into the X-Business-Use-Case-Usage header of all Graph
// answers that follow; empty removes the header. See
// https://developers.facebook.com/docs/graph-api/overview/rate-limiting
func (s *Simulator) SetUsage(header string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.usage = header
}

// notify wakes everyone who waits for something to happen. s.mu must be held.
func (s *Simulator) notify() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// until waits for done, which is called with s.mu held after each change.
func (s *Simulator) until(ctx context.Context, done func() bool) error {
	for {
		s.mu.Lock()
		ok, changed, closed := done(), s.changed, s.closed
		s.mu.Unlock()
		if ok {
			return nil
		}
		if closed {
			return ErrClosed
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-s.ctx.Done():
		}
	}
}

// trim forgets the oldest entries beyond keep; it moves the rest only now and
// then, so that remembering stays cheap.
func trim[T any](list []T, keep int) []T {
	if len(list) > keep+keep/4+1 {
		return append([]T(nil), list[len(list)-keep:]...)
	}
	return list
}
