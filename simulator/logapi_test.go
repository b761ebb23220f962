package simulator_test

import (
	"encoding/json"
	"fmt"
	"go/parser"
	"go/token"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// entries are those that GET /simulator/log answers.
func (p platform) entries(t *testing.T, query string) (list []simulator.Entry) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(p.ok(t, "GET", "/simulator/log"+query, "")), &list))
	return list
}

// told lets Ada and Lin write to a bot, which answers Ada, and fails once.
func told(t *testing.T) (platform, *bot) {
	t.Helper()
	b := newBot(t)
	p := serve(t, simulator.Config{WebhookURL: b.URL, RetryPauses: []time.Duration{}, Now: newClock().now})
	for _, who := range []string{ada, lin} {
		_, err := p.Say(t.Context(), who, "Grüße an 'alle' `hier` $HOME")
		require.NoError(t, err)
		require.NoError(t, p.Flush(t.Context()))
	}
	p.sendText(t, ada, "what Ada hears")
	p.Fault(simulator.Fault{Error: simulator.RefusalNamed("calls limit").GraphError()})
	p.send(t, `{"recipient":{"id":"`+ada+`"},"message":{"text":"what she does not"}}`)
	return p, b
}

func TestTheLogIsFiltered(t *testing.T) {
	t.Parallel()
	p, _ := told(t)
	for query, want := range map[string][]int{
		"": {1, 2, 3, 4}, "?after=2": {3, 4}, "?kind=callback": {1, 2}, "?kind=call": {3, 4}, "?kind=warning": {}, "?person=" + lin: {2},
		"?person=" + ada + "&kind=call": {3, 4}, "?q=613": {4}, "?q=ADA+HEARS": {3}, "?q=post+messages": {3, 4}, "?q=nothing": {}, "?page=" + page: {1, 2, 3, 4},
		"?page=4711": {}, "?q=gr%C3%BC": {1, 2}, "?q=quick_replies": {}, "?q=is_echo": {}, "?after=99999999": {},
	} {
		seqs := []int{}
		for _, e := range p.entries(t, query) {
			seqs = append(seqs, e.Seq)
		}
		require.Equal(t, want, seqs, query)
	}
	for query, field := range map[string]string{"?after=x": "after", "?after=": "after", "?kind=": "kind", "?kind=calls": "kind", "?after=99999999999999999999": "after"} {
		a := p.do(t, "GET", "/simulator/log"+query, "")
		require.Equal(t, 400, a.status, query)
		require.Contains(t, string(a.body), `"field":"`+field+`"`, query)
	}
}

func TestOneEntry(t *testing.T) {
	t.Parallel()
	p, b := told(t)
	var one struct {
		Entry    simulator.Entry
		Body     string
		Delivery *simulator.Delivery
		Request  *simulator.Request
	}
	require.NoError(t, json.Unmarshal([]byte(p.ok(t, "GET", "/simulator/log/1", "")), &one))
	require.Equal(t, string(b.got()[0]), one.Body)
	require.Equal(t, 1, one.Delivery.ID)
	require.Nil(t, one.Request)
	one.Delivery = nil
	require.NoError(t, json.Unmarshal([]byte(p.ok(t, "GET", "/simulator/log/4?as=json", "")), &one))
	require.Contains(t, one.Body, "what she does not")
	require.Contains(t, one.Request.Answer, "613")
	require.Nil(t, one.Delivery)
	for _, seq := range []string{"0", "5", "-1", "x", "99999999999999999999"} {
		requireRefused(t, p.do(t, "GET", "/simulator/log/"+seq, ""), 404, "no_such_entry", seq)
		requireRefused(t, p.do(t, "GET", "/simulator/log/"+seq+"?as=curl", ""), 404, "no_such_entry", seq)
		requireRefused(t, p.do(t, "POST", "/simulator/log/"+seq+"/again", `{}`), 404, "no_such_entry", seq)
	}
	requireRefused(t, p.do(t, "GET", "/simulator/log/1?as=ruby", ""), 400, "bad_request", "ruby")
	requireRefused(t, p.do(t, "GET", "/simulator/log/3?as=event", ""), 400, "bad_request", "call")
}

// TestSnippetsWork: pasted, they do what the entry tells of.
func TestSnippetsWork(t *testing.T) {
	t.Parallel()
	p, b := told(t)
	for _, seq := range []string{"1", "3", "4"} {
		code := "package x\nfunc f() {\n" + p.ok(t, "GET", "/simulator/log/"+seq+"?as=go", "") + "}\n"
		_, err := parser.ParseFile(token.NewFileSet(), "x.go", code, 0)
		require.NoError(t, err, code)
	}
	p.ok(t, "POST", "/simulator/callbacks", p.ok(t, "GET", "/simulator/log/1?as=event", ""))
	p.ok(t, "POST", "/simulator/flush", `{}`)
	var first, again struct {
		Entry []struct{ Messaging []json.RawMessage }
	}
	require.NoError(t, json.Unmarshal(b.got()[0], &first))
	require.NoError(t, json.Unmarshal(b.got()[2], &again))
	require.JSONEq(t, string(first.Entry[0].Messaging[0]), string(again.Entry[0].Messaging[0]))

	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("curl is not installed: the commands were not run")
	}
	sh := func(text string) string {
		cmd := exec.CommandContext(t.Context(), "sh", "-c", text)
		cmd.Env = []string{"MESSENGER_GRAPH_URL=" + p.url, "MESSENGER_PAGE_TOKEN=simulator-page-token", "PATH=/usr/bin:/bin:/usr/local/bin"}
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s\n%s", text, out)
		return string(out)
	}
	sh(p.ok(t, "GET", "/simulator/log/1?as=curl", ""))
	require.Len(t, b.got(), 4)
	require.Equal(t, string(b.got()[0]), string(b.got()[3]), "the same bytes")
	require.Zero(t, b.badSig)
	require.Contains(t, sh(p.ok(t, "GET", "/simulator/log/4?as=curl", "")), `"message_id"`, "the fault is over")
	require.Equal(t, "what she does not", p.Messages(ada)[2].Text)
}

func TestCallbacksAgain(t *testing.T) {
	t.Parallel()
	p, b := told(t)
	again := func(seq int, body string) (list []simulator.Entry) {
		t.Helper()
		require.NoError(t, json.Unmarshal([]byte(p.ok(t, "POST", fmt.Sprintf("/simulator/log/%d/again", seq), body)), &list))
		return list
	}
	list := again(1, `{}`)
	require.Len(t, list, 1)
	require.Equal(t, []int{5, 1, 200, 1}, []int{list[0].Seq, list[0].Again, list[0].Status, list[0].DeliveryID})
	require.Equal(t, string(b.got()[0]), string(b.got()[2]))
	require.Equal(t, "1", b.header.Get("X-Simulator-Delivery"))
	require.Equal(t, "Ada", list[0].Person)
	require.Len(t, again(5, `{"times":3}`), 3, "what was repeated can be repeated")
	require.Len(t, b.got(), 6)
	require.Zero(t, b.badSig)
	again(1, `{"signature":"bad"}`)
	again(1, `{"signature":"none","body":"no JSON at all"}`)
	require.Equal(t, 2, b.badSig)
	require.Equal(t, "no JSON at all", string(b.got()[7]))
	b.status = func([]byte) int { return 403 }
	require.Contains(t, again(1, `{"signature":"bad"}`)[0].Advice, "refused the signature")
	for body, field := range map[string]string{`{"times":101}`: "times", `{"times":-1}`: "times", `{"signature":"ugly"}`: "signature"} {
		a := p.do(t, "POST", "/simulator/log/1/again", body)
		require.Equal(t, 400, a.status, body)
		require.Contains(t, string(a.body), `"field":"`+field+`"`, body)
	}
	require.NoError(t, p.SetWebhook(""))
	require.Equal(t, "no webhook is set", again(1, `{}`)[0].Error)
	require.NoError(t, p.Close())
	requireRefused(t, p.do(t, "POST", "/simulator/log/1/again", `{}`), 503, "closed", "closed")
}

func TestCallsAgain(t *testing.T) {
	t.Parallel()
	p, _ := told(t)
	again := func(seq int, how simulator.Repetition) simulator.Entry {
		t.Helper()
		list, err := p.Again(t.Context(), seq, how)
		require.NoError(t, err)
		require.Len(t, list, 1)
		return list[0]
	}
	p.SetPageToken("another by now")
	got := again(4, simulator.Repetition{})
	require.Equal(t, []int{200, 4}, []int{got.Status, got.Again}, "the fault is over")
	require.Equal(t, "what she does not", p.Messages(ada)[2].Text)
	got = again(3, simulator.Repetition{Body: `{"recipient":{"id":"` + ada + `"},"message":{"text":""}}`})
	require.Equal(t, 400, got.Status)
	p.Fault(simulator.Fault{Drop: simulator.DropHalf})
	require.Equal(t, 200, again(3, simulator.Repetition{}).Status, "half of its answer")
	p.Fault(simulator.Fault{Drop: simulator.DropBefore})
	require.Equal(t, "the connection was cut", again(3, simulator.Repetition{}).Error)
	_, err := p.Again(t.Context(), 3, simulator.Repetition{Signature: "bad"})
	require.ErrorContains(t, err, "a call has no signature")
	_, err = p.Again(t.Context(), 4711, simulator.Repetition{})
	require.ErrorIs(t, err, simulator.ErrNoEntry)

	p.SetPageToken("simulator-page-token")
	a, err := p.try(t.Context(), "POST", "/me/messages", "application/x-www-form-urlencoded",
		[]byte(`recipient={"id":"`+ada+`"}&message={"text":"as a form"}`))
	require.NoError(t, err)
	require.Equal(t, 200, a.status)
	seq := p.Log()[len(p.Log())-1].Seq
	again(seq, simulator.Repetition{})
	require.Equal(t, "as a form", p.Messages(ada)[len(p.Messages(ada))-1].Text)
}

// TestLargeCallbacksAreNotKept: the log has what was posted, but not megabytes of it.
func TestLargeCallbacksAreNotKept(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	p := serve(t, simulator.Config{WebhookURL: b.URL})
	_, err := p.PostRaw(t.Context(), []byte(`{"x":"`+strings.Repeat("x", 1<<20)+`"}`))
	require.NoError(t, err)
	require.Equal(t, "raw", p.Log()[0].Name)
	requireRefused(t, p.do(t, "POST", "/simulator/log/1/again", `{}`), 400, "bad_request", "large")
	requireRefused(t, p.do(t, "GET", "/simulator/log/1?as=curl", ""), 400, "bad_request", "large")
	p.ok(t, "POST", "/simulator/log/1/again", `{"body":"{}"}`)
}

// TestWhichCallbackACallAnswers is a guess, unless the bot says it.
func TestWhichCallbackACallAnswers(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	clock := newClock()
	p := serve(t, simulator.Config{WebhookURL: b.URL, Now: clock.now, Fields: []string{"messages", "message_echoes"}})
	say := func(who string) {
		t.Helper()
		_, err := p.Say(t.Context(), who, "hi")
		require.NoError(t, err)
		require.NoError(t, p.Flush(t.Context()))
	}
	send := func(who, names string) int {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), "POST", p.url+"/me/messages", strings.NewReader(`{"recipient":{"id":"`+who+`"},"message":{"text":"x"}}`))
		require.NoError(t, err)
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer simulator-page-token")
		if names != "" {
			req.Header.Set("X-Simulator-Delivery", names)
		}
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.NoError(t, p.Flush(t.Context()))
		requests := p.Requests()
		last := requests[len(requests)-1]
		for _, e := range p.Log() {
			if e.Seq == last.Seq {
				require.Equal(t, last.AnswersDelivery, e.AnswersDelivery)
			}
		}
		return last.AnswersDelivery
	}
	say(ada) // delivery 1
	say(lin) // delivery 2
	require.Equal(t, "2", b.header.Get("X-Simulator-Delivery"))
	require.Equal(t, 1, send(ada, ""), "and delivery 3 is the echo")
	require.Equal(t, 1, send(ada, ""), "an echo is not answered")
	require.Equal(t, 2, send(lin, ""))
	require.Equal(t, 2, send(ada, "2"))
	require.Equal(t, 1, send(ada, "99"), "there is none of this number")
	require.Equal(t, 1, send(ada, "nonsense"))
	clock.add(time.Minute)
	require.Equal(t, 1, send(ada, ""))
	clock.add(time.Second)
	require.Zero(t, send(ada, ""), "too late")
}

// TestEventsAreChosen by kind and by person, and a stream that had nothing to show continues where it was.
func TestEventsAreChosen(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{Fields: []string{}})
	var state struct{ Cursor string }
	require.NoError(t, json.Unmarshal(p.do(t, "GET", "/simulator/state", "").body, &state))
	live := p.listen(t, state.Cursor+"&kinds=message,thread&person="+lin, "")
	for range 500 { // fewer than are remembered
		_, err := p.Say(t.Context(), ada, "x")
		require.NoError(t, err)
	}
	_, err := p.Say(t.Context(), lin, "for Lin")
	require.NoError(t, err)
	require.NoError(t, p.SetWebhook("http://127.0.0.1:1/"))
	kind, data := live.next(t)
	require.Equal(t, "message", kind)
	require.Contains(t, data, "for Lin")
	for live.Scan() { // the webhook is not shown, but the place behind it is
		if at, ok := strings.CutPrefix(live.Text(), "id: "); ok {
			live.last = at
			break
		}
	}
	resumed := p.listen(t, "", live.last)
	_, err = p.Say(t.Context(), ada, "next")
	require.NoError(t, err)
	kind, data = resumed.next(t)
	require.Equal(t, "message", kind)
	require.Contains(t, data, "next")
}

// stuck is a connection whose other side reads nothing.
type stuck struct {
	*httptest.ResponseRecorder
	deadline atomic.Pointer[time.Time]
}

func (s *stuck) SetWriteDeadline(at time.Time) error {
	s.deadline.Store(&at)
	return nil
}

func (s *stuck) FlushError() error {
	time.Sleep(time.Until(*s.deadline.Load())) // of the bubble
	return http.ErrHandlerTimeout
}

// TestASlowReaderIsDisconnected: it costs no buffer and no goroutine for ever.
func TestASlowReaderIsDisconnected(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, err := simulator.New(simulator.Config{})
		require.NoError(t, err)
		r := httptest.NewRequest("GET", "/simulator/events", nil)
		r.Host = "localhost:9090"
		start := time.Now()
		s.ServeHTTP(&stuck{ResponseRecorder: httptest.NewRecorder()}, r)
		require.Equal(t, 10*time.Second, time.Since(start))
		require.NoError(t, s.Close())
	})
}

// TestWordsInTheLog: case counts nowhere.
func TestWordsInTheLog(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, words string
		want        bool
	}{
		{"", "", true}, {"a", "", true}, {"", "a", false}, {"Hello", "hello", true}, {"say HELLO", "hello", true}, {"hell", "hello", false},
		{"[x]", "{", false}, {"ÄRGER", "ärger", true}, {"Zoë 613", "613", true}, {"zoË", "zoë", true}, {"aab", "ab", true},
	} {
		require.Equal(t, c.want, simulator.ContainsFold(c.text, c.words), "%q in %q", c.words, c.text)
	}
}

// TestSearchingTheLogAllocatesNothing: the bodies of a whole log are megabytes, and a page asks with each letter that is typed.
func TestSearchingTheLogAllocatesNothing(t *testing.T) { //nolint:paralleltest // it counts what is allocated
	long := strings.Repeat("Some Words of a Body, ", 1000)
	require.Zero(t, testing.AllocsPerRun(10, func() { simulator.ContainsFold(long, "nowhere") }))
}
