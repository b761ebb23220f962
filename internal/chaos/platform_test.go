package chaos_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/djmessenger/messenger/internal/metadata"
)

// arrival is the first time that a reply reached the platform.
type arrival struct {
	text string
	at   time.Time
}

// platform is the other side of the bot: it takes what the bot sends, and
// counts.
type platform struct {
	*httptest.Server

	// gate lets one commit of verbHold go on for each value, and waiting gets
	// one for each that waits, and for each turn of verbLong that begins.
	gate    chan struct{}
	waiting chan struct{}
	// lag is the longest that an answer to a send takes.
	lag time.Duration
	// slow is how long each answer to a send takes at least.
	slow time.Duration

	// dying is called when a handler ends its process.
	dying func(pid int)

	mu       sync.Mutex
	first    map[string][]arrival // by person, in the order of first arrival
	times    map[string]int       // by send key, how often it arrived
	accepted map[string]time.Time // by person and text, when its callback was answered 200
	wanted   int                  // replies that have not arrived
	done     chan struct{}        // closed when wanted is 0, if somebody waits
}

func newPlatform(t *testing.T) *platform {
	t.Helper()
	p := &platform{
		gate: make(chan struct{}), waiting: make(chan struct{}, 100), lag: 10 * time.Millisecond,
		first: map[string][]arrival{}, times: map[string]int{}, accepted: map[string]time.Time{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{version}/me/messages", p.take)
	mux.HandleFunc("/gate", func(_ http.ResponseWriter, r *http.Request) {
		p.announce(r)
		select {
		case <-p.gate:
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("/begun", func(_ http.ResponseWriter, r *http.Request) { p.announce(r) })
	mux.HandleFunc("/dying/{pid}", func(_ http.ResponseWriter, r *http.Request) {
		if pid, err := strconv.Atoi(r.PathValue("pid")); err == nil && p.dying != nil {
			p.dying(pid)
		}
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(func() {
		p.CloseClientConnections()
		p.Close()
	})
	return p
}

// announce tells the test that a handler has come here. It gives up with the request: the
// test may have ended, and more handlers wait than the channel holds.
func (p *platform) announce(r *http.Request) {
	select {
	case p.waiting <- struct{}{}:
	case <-r.Context().Done():
	}
}

// take is the Send API.
func (p *platform) take(w http.ResponseWriter, r *http.Request) {
	var send struct {
		Recipient struct{ ID string }
		Message   struct{ Text, Metadata string }
	}
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(body, &send)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	key, _ := metadata.Decode(send.Message.Metadata)
	p.mu.Lock()
	if p.times[key]++; p.times[key] == 1 {
		p.first[send.Recipient.ID] = append(p.first[send.Recipient.ID], arrival{send.Message.Text, time.Now()})
		if send.Message.Text != broadcastText {
			p.wanted--
		}
		if p.wanted == 0 && p.done != nil {
			close(p.done)
			p.done = nil
		}
	}
	p.mu.Unlock()
	if p.lag > 0 {
		select {
		case <-time.After(p.slow + rand.N(p.lag)):
		case <-r.Context().Done():
			return
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprintf(w, `{"recipient_id":%q,"message_id":"m_%s"}`, send.Recipient.ID, key)
}

// want notes that replies will be waited for.
func (p *platform) want(replies int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wanted += replies
}

// all returns a channel that is closed when all replies have arrived.
func (p *platform) all() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	done := make(chan struct{})
	if p.wanted == 0 {
		close(done)
		return done
	}
	p.done = done
	return done
}

// texts returns what a person got, each reply once, in the order of first
// arrival.
func (p *platform) texts(person string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var texts []string
	for _, a := range p.first[person] {
		texts = append(texts, a.text)
	}
	return texts
}

// doubled returns the keys that arrived more than once, and how many arrivals
// there were too many.
func (p *platform) doubled() (keys []string, extra int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for key, n := range p.times {
		if n > 1 {
			keys = append(keys, key)
			extra += n - 1
		}
	}
	return keys, extra
}

// answer is a reply, and when the callback that it answers was answered 200.
type answer struct{ accepted, at time.Time }

// answers returns the replies that a person got.
func (p *platform) answers(person string) []answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []answer
	for _, a := range p.first[person] {
		all = append(all, answer{p.accepted[person+" "+a.text], a.at})
	}
	return all
}

// client makes a connection for each callback, as a platform of many machines
// does.
var client = &http.Client{
	Timeout:   6 * time.Second,
	Transport: &http.Transport{DisableKeepAlives: true},
}

// patient waits for what a busy machine takes its time for.
var patient = &http.Client{Timeout: time.Minute, Transport: client.Transport}

// post gives one signed callback to a bot and returns the status of its answer,
// or 0 if there was none.
func post(url string, body []byte) int {
	mac := hmac.New(sha256.New, []byte(appSecret))
	mac.Write(body)
	r, err := http.NewRequest(http.MethodPost, url+"/webhook", bytes.NewReader(body))
	if err != nil {
		return 0
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	resp, err := client.Do(r)
	if err != nil {
		return 0
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	return resp.StatusCode
}

// postUntilTaken gives a callback to a bot again and again, as the platform does,
// until it is answered 200: a slow machine or disk may cost it some tries.
func postUntilTaken(url string, body []byte) {
	for {
		if post(url, body) == 200 {
			return
		}
	}
}

// said is one message of a person.
type said struct {
	page, person, text string
	at                 int64 // milliseconds
}

func (s said) String() string {
	return fmt.Sprintf(`{"id":%q,"time":%d,"messaging":[{"sender":{"id":%q},"recipient":{"id":%q},"timestamp":%d,"message":{"mid":"m_%s_%s","text":%q}}]}`,
		s.page, s.at, s.person, s.page, s.at, s.person, strings.ReplaceAll(s.text, " ", "_"), s.text)
}

// callback is the body of a callback with messages in that order.
func callback(messages []said) []byte {
	entries := make([]string, len(messages))
	for i, m := range messages {
		entries[i] = m.String()
	}
	return []byte(`{"object":"page","entry":[` + strings.Join(entries, ",") + `]}`)
}
