package simulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// lived is a simulator in which all kinds of things have happened.
func lived(t *testing.T) platform {
	t.Helper()
	p := serve(t, twoPages(simulator.Config{}))
	_, err := p.Say(t.Context(), ada, "Grüße")
	require.NoError(t, err)
	p.sendMessage(t, ada, template(`{"template_type":"button","text":"t","buttons":`+many(2, tapIt)+`}`))
	_, err = p.Comment(t.Context(), ada, "price?")
	require.NoError(t, err)
	require.NoError(t, p.Block(lin))
	require.NoError(t, p.Inbox().TakeThread(t.Context(), jose, ""))
	p.Fault(simulator.Fault{Error: simulator.RefusalNamed("calls limit").GraphError(), Times: 3})
	p.send(t, `{"recipient":{"id":"`+ada+`"},"message":{"text":"refused"}}`)
	p.ok(t, "POST", "/simulator/faults", `{"status":503,"method":"GET","path":"/x"}`)
	p.Fault(simulator.Fault{Match: func(string, string) bool { return false }, Drop: simulator.DropBefore})
	p.as(t, "simulator-page-token", "POST", "/me/messenger_profile", `{"get_started":{"payload":"GO"}}`)
	p.as(t, "simulator-page-token", "POST", "/me/personas", `{"name":"Eve","profile_picture_url":"https://example.com/eve.png"}`)
	p.as(t, "simulator-page-token", "POST", "/me/custom_labels", `{"page_label_name":"gold"}`)
	p.Page(shop).RevokeToken(460)
	p.ok(t, "PUT", "/simulator/delivery", `{"duplicate":0.25,"seed":7,"retries":"none"}`)
	p.ok(t, "PUT", "/simulator/clock", `{"frozen":true,"advance":"1h"}`)
	p.ok(t, "POST", "/simulator/files?name=a.txt", "hello")
	require.NoError(t, p.Flush(t.Context()))
	return p
}

// TestASnapshotIsTheSameElsewhere: what is restored has the same snapshot, and goes on the same way.
func TestASnapshotIsTheSameElsewhere(t *testing.T) {
	t.Parallel()
	p := lived(t)
	doc := p.ok(t, "GET", "/simulator/snapshot", "")
	for _, want := range []string{`"Grüße"`, `"price?"`, `"GO"`, `"Eve"`, `"gold"`, `"times":2`, `"error_subcode":460`, `"aGVsbG8="`, `"frozen":true`, `"owner":"263902037430900"`} {
		require.Contains(t, doc, want)
	}
	require.NotContains(t, doc, `"drop"`, "code is not in it")
	other := serve(t, simulator.Config{PageID: "42", People: []simulator.Person{}})
	other.ok(t, "PUT", "/simulator/snapshot", doc)
	require.JSONEq(t, doc, other.ok(t, "GET", "/simulator/snapshot", ""))
	messages := "/simulator/people/" + ada + "/messages"
	require.JSONEq(t, p.ok(t, "GET", messages, ""), other.ok(t, "GET", messages, ""))
	require.True(t, p.Now().Equal(other.Now()))
	require.Equal(t, p.ThreadOf(jose).Owner, other.ThreadOf(jose).Owner)
	require.Len(t, other.Comments(page+"_1"), 1)
	code, _ := other.send(t, `{"recipient":{"id":"`+ada+`"},"message":{"text":"x"}}`).code(t)
	require.Equal(t, simulator.RefusalNamed("calls limit").Code, code)
	other.ClearFaults()
	other.sendText(t, ada, "it goes on")
	_, err := other.TapButton(t.Context(), ada, "t1")
	require.NoError(t, err)
	_, err = other.AddPerson(simulator.Person{FirstName: "Bo"})
	require.NoError(t, err, "on the first page")
	_, file, _ := strings.Cut(doc, `"files":[{"id":"`)
	file, _, _ = strings.Cut(file, `"`)
	require.Equal(t, "hello", other.ok(t, "GET", "/simulator/files/"+file+"/a.txt", ""))
	require.NoError(t, p.Restore(json.RawMessage(`{"snapshot":1,"pages":[{"id":"7"}]}`)))
	require.Empty(t, p.People())
	require.Panics(t, func() { p.Page(page) })
}

// TestPagesByHand: a snapshot without conversations says which pages and people there are.
func TestPagesByHand(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	require.NoError(t, p.Restore(json.RawMessage(`{"snapshot":1,"apps":[{"id":"9","secret":"s"}],"pages":[{"id":"1","name":"Shop","token":"t","app_id":"9"},
		{"id":"2","platform":"instagram","linked_to":"1"}],"people":[{"id":"71","first_name":"Ada"},{"id":"72","first_name":"Lin","page_id":"2"}]}`)))
	require.Equal(t, []string{"1", "2"}, []string{p.Pages()[0].ID, p.Pages()[1].ID})
	require.Equal(t, "1", p.People()[0].PageID)
	require.Equal(t, simulator.PlatformInstagram, p.Pages()[1].Platform)
	require.Equal(t, 200, p.as(t, "t", "GET", "/me", "").status)
}

// TestASnapshotWithoutTheAppKeepsItsSecret: the bot was started with it.
func TestASnapshotWithoutTheAppKeepsItsSecret(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]string{
		`{"snapshot":1,"pages":[{"id":"1"}]}`:                                                  "s3cret",
		`{"snapshot":1,"pages":[{"id":"1","app_id":"1000000000000001"}]}`:                      "s3cret",
		`{"snapshot":1,"pages":[{"id":"1","app_id":"1000000000000001","app_secret":"other"}]}`: "other",
	} {
		other := serve(t, simulator.Config{AppSecret: "s3cret"})
		require.NoError(t, other.Restore(json.RawMessage(doc)), doc)
		require.Contains(t, string(other.Snapshot()), `"secret":"`+want+`"`, doc)
	}
}

// TestSnapshotsThatDoNotFit change nothing.
func TestSnapshotsThatDoNotFit(t *testing.T) {
	t.Parallel()
	p := lived(t)
	before := p.ok(t, "GET", "/simulator/snapshot", "")
	one := func(rest string) string { return `{"snapshot":1,"pages":[{"id":"1"` + rest + `}]}` }
	talk := func(message string) string { return one(`,"conversations":[{"id":"71","messages":[` + message + `]}]`) }
	for _, c := range []struct{ doc, want string }{
		{`{}`, "snapshot must be 1, not 0"},
		{`{"snapshot":2,"pages":[{"id":"1"}]}`, "snapshot must be 1, not 2"},
		{`{"snapshot":1}`, "it has no pages"},
		{`{"hello":"world"}`, `there is no field "hello"`},
		{before[:len(before)/2], "the body does not fit"},
		{`[]`, "cannot be a JSON array"},
		{`{"snapshot":1,"pages":[{"id":"1"}],"apps":[{"id":"9","secret":"x"},{"id":"9","secret":"y"}]}`, "app 9 stands there twice"},
		{one(`,"attachments":[{"id":"5","kind":"image","url":"u"},{"id":"5","kind":"image","url":"v"}]`), `attachments: "5": each needs an id of its own`},
		{one(`,"authors":[{"id":"5","person_id":"71"},{"id":"5","person_id":"72"}]`), `authors: "5": each needs`},
		{one(`,"comments":[{"id":"5"},{"id":"5"}]`), `comments: "5": each needs`},
		{one(`,"replied":["5","5"]`), `replied: "5": each needs`},
		{one(`,"posts":["5","5"]`), `posts: "5": each needs`},
		{one(`,"personas":[{"id":"5","name":"Eve"},{"id":"5","name":"Bo"}]`), `personas: "5": each needs`},
		{one(`,"labels":[{"id":"","name":"vip"}]`), `labels: "": each needs`},
		{one(`,"templates":[{"id":"5","name":"a"},{"id":"5","name":"b"}]`), `templates: "5": each needs`},
		{one(`,"link_tokens":[{"token":"t"},{"token":"t"}]`), `link_tokens: "t": each needs`},
		{one(`,"conversations":[{"id":"71","messages":[{"id":"m","from":"page"}]},{"id":"72","messages":[{"id":"m","from":"page"}]}]`), `message "m": it needs an id`},
		{one(`,"colour":"red"`), `there is no field "colour"`},
		{`{"snapshot":1,"pages":[{"id":"1"},{"id":"1"}]}`, "ID is taken"},
		{`{"snapshot":1,"pages":[{"id":"x"}]}`, "ID must be digits"},
		{`{"snapshot":1,"pages":[{"id":"1","linked_to":"3","platform":"instagram"}]}`, "there is no page 3"},
		{`{"snapshot":1,"pages":[{"id":"1"}],"people":[{"id":"1","first_name":"Ada"}]}`, "is taken"},
		{`{"snapshot":1,"pages":[{"id":"1"}],"people":[{"first_name":"Ada","page_id":"2"}]}`, "no such page"},
		{`{"snapshot":1,"pages":[{"id":"1"}],"apps":[{"id":"","secret":"x"}]}`, "an app has an id"},
		{`{"snapshot":1,"pages":[{"id":"1"}],"faults":[{}]}`, "a fault needs"},
		{`{"snapshot":1,"pages":[{"id":"1"}],"delivery":{"duplicate":7}}`, "from 0 to 1"},
		{`{"snapshot":1,"pages":[{"id":"1"}],"clock":{"now":"9999-01-01T00:00:00Z","frozen":false}}`, "too far away"},
		{`{"snapshot":1,"pages":[{"id":"1"}],"files":[{"id":"a"},{"id":"a"}]}`, "an id of its own"},
		{one(`,"profile":{"colour":1}`), `no property "colour"`},
		{one(`,"conversations":[{"id":"71"},{"id":"71"}]`), "an id of its own"},
		{one(`,"conversations":[{"id":"71","moderated":["hated"]}]`), `not "hated"`},
		{talk(`{"id":"m","from":"page"},{"id":"m","from":"page"}`), `message "m": it needs an id of its own`},
		{talk(`{"id":"","from":"page"}`), "an id of its own"},
		{talk(`{"id":"m","from":"god"}`), `not "god"`},
		{talk(`{"id":"m","from":"page","kind":"x"}`), `kind is message or postback, not "x"`},
		{talk(`{"id":"m","from":"page","person_id":"72"}`), `it is of person "72"`},
		{strings.Repeat(`{"snapshot":`, 20000), "the body does not fit"},
		{before + before, "more after"},
	} {
		a := p.do(t, "PUT", "/simulator/snapshot", c.doc)
		require.Equal(t, 400, a.status, c.want)
		require.Contains(t, message(t, a), c.want)
		require.Error(t, p.Restore(json.RawMessage(c.doc)), c.want)
	}
	require.JSONEq(t, before, p.ok(t, "GET", "/simulator/snapshot", ""))
}

// blocked is a bot that answers when it may.
func blocked(t *testing.T) (*bot, chan struct{}) {
	t.Helper()
	b := newBot(t)
	free := make(chan struct{})
	b.status = func([]byte) int {
		<-free
		return http.StatusOK
	}
	return b, free
}

func TestNoRestoreWhileACallbackIsUnderWay(t *testing.T) {
	t.Parallel()
	b, free := blocked(t)
	p := serve(t, simulator.Config{WebhookURL: b.URL})
	doc := p.ok(t, "GET", "/simulator/snapshot", "")
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	requireRefused(t, p.do(t, "PUT", "/simulator/snapshot", doc), 409, "busy", "under way")
	require.Len(t, p.Messages(ada), 1)
	close(free)
	require.NoError(t, p.Flush(t.Context()))
	p.ok(t, "PUT", "/simulator/snapshot", doc)
	require.Empty(t, p.Messages(ada))
	require.NoError(t, p.Close())
	require.ErrorIs(t, p.Restore(json.RawMessage(doc)), simulator.ErrClosed)
}

func TestReset(t *testing.T) {
	t.Parallel()
	p := lived(t)
	before := p.People()
	p.ok(t, "POST", "/simulator/people", `{"id":"77","first_name":"Bo"}`)
	p.ok(t, "POST", "/simulator/pages", `{"id":"88"}`)
	webhook := newBot(t)
	require.NoError(t, p.SetWebhook(webhook.URL))
	seq := p.Log()[len(p.Log())-1].Seq
	p.ok(t, "POST", "/simulator/reset", `{}`)
	require.Equal(t, before, p.People(), "with the ids of the beginning")
	require.Len(t, p.Pages(), 2)
	require.Empty(t, p.Messages(ada))
	require.Empty(t, p.Log())
	require.Empty(t, p.Requests())
	require.Empty(t, p.Deliveries())
	require.Empty(t, p.Profile())
	require.JSONEq(t, `[]`, p.ok(t, "GET", "/simulator/faults", ""))
	require.Zero(t, p.Disorder().Duplicate)
	earliest := time.Now()
	now := p.Now()
	require.False(t, now.Before(earliest) || now.After(time.Now()), "the clock is that of the configuration again")
	require.Equal(t, 200, p.as(t, shopToken, "GET", "/me", "").status, "the token is good again")
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	require.NoError(t, p.Flush(t.Context()))
	require.Len(t, webhook.got(), 1, "the webhook stays")
	require.Greater(t, p.Log()[0].Seq, seq, "numbers go on")
	a := p.do(t, "POST", "/simulator/reset", `{"keep":["people","everything"]}`)
	require.Equal(t, 400, a.status)
	require.Contains(t, string(a.body), `"field":"keep"`)
	require.Len(t, p.Messages(ada), 1, "what is refused changes nothing")
}

func TestResetKeeps(t *testing.T) {
	t.Parallel()
	p := lived(t)
	p.ok(t, "POST", "/simulator/pages", `{"id":"88"}`)
	p.ok(t, "POST", "/simulator/people", `{"id":"77","first_name":"Bo"}`)
	p.ok(t, "POST", "/simulator/people", `{"id":"78","first_name":"Sue","page_id":"88"}`)
	now, log := p.Now(), p.Log()
	p.ok(t, "POST", "/simulator/reset", `{"keep":["people","profile","faults","clock","delivery","record"]}`)
	require.Equal(t, now, p.Now())
	require.Equal(t, log, p.Log())
	require.Contains(t, p.Profile(), "get_started")
	require.NotEqual(t, `[]`, p.ok(t, "GET", "/simulator/faults", ""))
	require.InDelta(t, 0.25, p.Disorder().Duplicate, 0)
	people := p.People()
	require.Equal(t, "77", people[len(people)-1].ID, "and none of a page that is gone")
	p.ok(t, "POST", "/simulator/pages", `{"id":"88"}`)
	p.ok(t, "POST", "/simulator/reset", `{"keep":["pages"]}`)
	require.Len(t, p.Pages(), 3)
	require.Empty(t, p.Profile())
}

// TestResetKeepsTheSetup: what the bot has set up, and nothing that was said.
func TestResetKeepsTheSetup(t *testing.T) {
	t.Parallel()
	p := lived(t)
	p.ok(t, "POST", "/simulator/pages", `{"id":"88"}`)
	require.NotEmpty(t, p.Messages(ada))
	var before, after map[string]any
	require.NoError(t, json.Unmarshal(p.Snapshot(), &before))
	p.ok(t, "POST", "/simulator/reset", `{"keep":["setup"]}`)
	require.NoError(t, json.Unmarshal(p.Snapshot(), &after))
	require.Empty(t, p.Messages(ada))
	require.Len(t, p.People(), 4)
	require.Equal(t, before["files"], after["files"])
	for _, name := range []string{"profile", "attachments", "personas", "templates", "fields", "token"} {
		require.Equal(t, before["pages"].([]any)[0].(map[string]any)[name], after["pages"].([]any)[0].(map[string]any)[name], name)
	}
	require.Len(t, p.Pages(), 3)
	for _, page := range after["pages"].([]any) {
		require.NotContains(t, page, "conversations")
		for _, said := range []string{"authors", "comments", "replied", "posts", "removed_ids", "link_tokens", "opt_ins"} {
			require.NotContains(t, page, said)
		}
	}
}

// TestResetKeepsWhatIsSetUpMeanwhile: a call that was answered with success is kept, whether it came before, beside or after a reset.
func TestResetKeepsWhatIsSetUpMeanwhile(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	for i := range 100 {
		for _, payload := range []string{fmt.Sprintf("START%d", i), fmt.Sprintf("BATCH%d", i)} {
			path, body := "/v27.0/me/messenger_profile", `{"get_started":{"payload":"`+payload+`"}}`
			if strings.HasPrefix(payload, "BATCH") {
				path, body = "/v27.0/", `{"batch":[{"method":"POST","relative_url":"me/messenger_profile","body":"get_started={\"payload\":\"`+payload+`\"}"}]}`
			}
			var reset sync.WaitGroup
			reset.Go(func() { assert.NoError(t, p.Reset(t.Context(), simulator.KeepSetup)) })
			require.Contains(t, string(p.do(t, "POST", path, body).body), "success")
			reset.Wait()
			require.JSONEq(t, `{"payload":"`+payload+`"}`, string(p.Profile()["get_started"]))
		}
	}
}

// TestResetGivesUpWhatWaits, and waits for what is under way.
func TestResetGivesUpWhatWaits(t *testing.T) {
	t.Parallel()
	b, free := blocked(t)
	p := serve(t, simulator.Config{WebhookURL: b.URL})
	for range 3 {
		_, err := p.Say(t.Context(), ada, "hi")
		require.NoError(t, err)
	}
	require.Eventually(t, func() bool { return len(b.got()) == 1 }, time.Minute, time.Millisecond)
	done := make(chan error, 1)
	go func() { done <- p.Reset(t.Context()) }()
	require.Eventually(t, func() bool { return len(p.Messages(ada)) == 0 }, time.Minute, time.Millisecond)
	require.Empty(t, done)
	close(free)
	require.NoError(t, <-done)
	require.Len(t, b.got(), 1)
	require.Empty(t, p.Deliveries())
	_, err := p.Say(t.Context(), ada, "again")
	require.NoError(t, err)
	require.NoError(t, p.Flush(t.Context()))
	require.Len(t, b.got(), 2)
	require.NoError(t, p.Close())
	require.ErrorIs(t, p.Reset(t.Context()), simulator.ErrClosed)
}

// TestARestoredSimulatorDrawsNoIDTwice: a snapshot may be of a simulator with the same seed.
func TestARestoredSimulatorDrawsNoIDTwice(t *testing.T) {
	t.Parallel()
	drawn := map[string]bool{}
	var next []string
	first := newSim(t, simulator.Config{Seed: 1})
	require.NoError(t, first.Restore(first.Snapshot()), "as the next ones are")
	for range 3 {
		mid, err := first.Say(t.Context(), ada, "hi")
		require.NoError(t, err)
		drawn[mid] = true
	}
	require.NoError(t, first.Flush(t.Context()))
	doc := first.Snapshot()
	for range 2 {
		other := newSim(t, simulator.Config{Seed: 1})
		require.NoError(t, other.Restore(doc))
		mid, err := other.Say(t.Context(), ada, "again")
		require.NoError(t, err)
		require.False(t, drawn[mid], "a bot that remembers %s does not answer", mid)
		next = append(next, mid)
	}
	require.Equal(t, next[0], next[1], "the seed and the snapshot decide")
}
