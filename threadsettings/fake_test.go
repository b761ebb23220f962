package threadsettings_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/graph"
)

const page = "1234"

// profileAPI keeps one page's Messenger Profile, and refuses what the real one refuses: a menu without a get-started button,
// taking that button from below a menu, and the eleventh call.
type profileAPI struct {
	mutex          sync.Mutex
	calls          []string // method and body, or method and fields
	greetingFate   string   // "": kept; "ignored"; "refused"
	menuStays      bool     // refuses to delete the menu
	profile        map[string]json.RawMessage
	refuseAnything bool
}

func newPlatform(t *testing.T) (*profileAPI, *graph.Client) {
	t.Helper()
	p := &profileAPI{profile: make(map[string]json.RawMessage)}
	mux := http.NewServeMux()
	mux.HandleFunc("/prefix/v27.0/me/messenger_profile", p.serve)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	client, err := graph.New(graph.Config{BaseURL: server.URL + "/prefix", Timeout: time.Minute, Tokens: graph.PageToken("EAAG")})
	require.NoError(t, err)
	return p, client
}

func (p *profileAPI) serve(w http.ResponseWriter, r *http.Request) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	body, _ := io.ReadAll(r.Body)
	p.calls = append(p.calls, strings.TrimSpace(r.Method+" "+r.URL.Query().Get("fields")+string(body)))
	answer, refusal := p.answer(r, body)
	if refusal != "" {
		w.WriteHeader(http.StatusBadRequest)
		answer = fmt.Sprintf(`{"error":{"message":%q,"type":"OAuthException","code":%d}}`, refusal, refusalCode(refusal))
	}
	_, _ = io.WriteString(w, answer)
}

func refusalCode(refusal string) int {
	if strings.HasPrefix(refusal, "too many") {
		return 613
	}
	return 100
}

func (p *profileAPI) answer(r *http.Request, body []byte) (answer, refusal string) {
	switch {
	case len(p.calls) > 10:
		return "", "too many calls in 10 minutes"
	case p.refuseAnything:
		return "", "no"
	}
	switch r.Method {
	case http.MethodGet:
		return p.show(strings.Split(r.URL.Query().Get("fields"), ","))
	case http.MethodPost:
		return p.set(body)
	}
	return p.remove(body)
}

func (p *profileAPI) show(fields []string) (answer, refusal string) {
	shown := make(map[string]json.RawMessage)
	for _, field := range fields {
		if field == "greeting" && p.greetingFate == "refused" {
			return "", "Tried accessing nonexisting field (greeting)"
		}
		if value, ok := p.profile[field]; ok {
			shown[field] = value
		}
	}
	if len(shown) == 0 {
		return `{"data":[]}`, ""
	}
	text, _ := json.Marshal(map[string]any{"data": []any{shown}})
	return string(text), ""
}

func (p *profileAPI) set(body []byte) (answer, refusal string) {
	var properties map[string]json.RawMessage
	if json.Unmarshal(body, &properties) != nil || len(properties) == 0 {
		return "", "no property"
	}
	next := maps.Clone(p.profile)
	for name, value := range properties {
		switch {
		case name == "greeting" && p.greetingFate == "refused":
			return "", "Invalid parameter greeting"
		case name == "greeting" && p.greetingFate == "ignored":
		default:
			next[name] = value
		}
	}
	if next["persistent_menu"] != nil && next["get_started"] == nil {
		return "", "You must set a Get Started button if you also wish to use persistent menu"
	}
	p.profile = next
	return `{"result":"success"}`, ""
}

func (p *profileAPI) remove(body []byte) (answer, refusal string) {
	var request struct{ Fields []string }
	if json.Unmarshal(body, &request) != nil || len(request.Fields) == 0 {
		return "", "no field"
	}
	for _, field := range request.Fields {
		if field == "persistent_menu" && p.menuStays {
			return "", "no"
		}
		if field == "get_started" && p.profile["persistent_menu"] != nil {
			return "", "You must delete the persistent menu first"
		}
		delete(p.profile, field)
	}
	return `{"success":"true"}`, ""
}

func (p *profileAPI) has() []string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return slices.Sorted(maps.Keys(p.profile))
}

func (p *profileAPI) holds(t *testing.T, property, value string) {
	t.Helper()
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.profile[property] = json.RawMessage(value)
}

// change lets a test turn the platform's mood.
func (p *profileAPI) change(f func(*profileAPI)) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	f(p)
}

// taken returns the calls since it was asked last.
func (p *profileAPI) taken() []string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	calls := p.calls
	p.calls = nil
	return calls
}
