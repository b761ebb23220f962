package simulator_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator"
)

// TestLogIsInTheOrderOfTheBeginnings: a call that the bot makes before it answers the callback comes after the callback.
func TestLogIsInTheOrderOfTheBeginnings(t *testing.T) {
	t.Parallel()
	b := newBot(t)
	p := serve(t, simulator.Config{WebhookURL: b.URL})
	b.status = func([]byte) int {
		p.do(t, "POST", "/v27.0/me/messages?access_token=simulator-page-token",
			`{"recipient":{"id":"`+ada+`"},"message":{"text":"Hello, Ada!","quick_replies":[{"content_type":"text","title":"Yes","payload":"Y"},{"content_type":"text","title":"No","payload":"N"}]}}`)
		p.do(t, "POST", "/v27.0/me/messages?access_token=simulator-page-token", `{"recipient":{"id":"`+ada+`"},"message":{"text":""}}`)
		return 200
	}
	_, err := p.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	require.NoError(t, p.Flush(t.Context()))

	var log []simulator.Entry
	require.NoError(t, json.Unmarshal(p.do(t, "GET", "/simulator/log", "").body, &log))
	require.Len(t, log, 3)
	for i, e := range log {
		require.Equal(t, i+1, e.Seq)
		require.Equal(t, "Ada", e.Person)
		require.Equal(t, ada, e.PSID)
		require.Equal(t, page, e.PageID)
	}
	require.Equal(t, []string{"messages", "POST messages", "POST messages"}, []string{log[0].Name, log[1].Name, log[2].Name})
	require.Equal(t, simulator.EntryCallback, log[0].Kind)
	require.Equal(t, 1, log[0].DeliveryID)
	require.Equal(t, `"hi"`, log[0].Preview)
	require.Equal(t, simulator.EntryCall, log[1].Kind)
	require.Equal(t, `"Hello, Ada!" +2 quick replies`, log[1].Preview)
	require.Equal(t, 200, log[1].Status)
	require.Empty(t, log[1].Error)
	require.Equal(t, 400, log[2].Status)
	require.Contains(t, log[2].Error, "100: ")
	require.Equal(t, 2, p.Requests()[0].Seq)
	require.GreaterOrEqual(t, log[0].DurationMS, log[1].DurationMS)
}

// TestAnswersThatAreNoRefusalHaveNoAdvice: a fault may answer anything.
func TestAnswersThatAreNoRefusalHaveNoAdvice(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	for _, body := range []string{"<html>", `{"error":"x"}`, `{"error":{"code":"x"}}`, `[]`} {
		p.Fault(simulator.Fault{Status: 500, Body: body})
		p.do(t, "POST", "/me/messages", `{"recipient":{"id":"`+ada+`"},"message":7}`)
		last := p.Log()[len(p.Log())-1]
		require.Equal(t, []any{500, "", "", "", ada}, []any{last.Status, last.Error, last.Advice, last.Preview, last.PSID}, body)
	}
}

// TestFollowYieldsWhatEnds: each attempt of a callback is an entry, and the last one says so.
func TestFollowYieldsWhatEnds(t *testing.T) {
	t.Parallel()
	s := newSim(t, simulator.Config{WebhookURL: "http://bot.test/", RetryPauses: []time.Duration{time.Nanosecond}, Client: &http.Client{
		Transport: roundTrip(func(*http.Request) (*http.Response, error) { return nil, context.DeadlineExceeded }),
	}})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	follow := s.Follow(ctx)
	_, err := s.TapButtonPayload(t.Context(), ada, "nothing")
	require.Error(t, err, "what a person could not do is no entry")
	_, err = s.Say(t.Context(), ada, "hi")
	require.NoError(t, err)
	var got []simulator.Entry
	for e := range follow {
		if got = append(got, e); len(got) == 2 {
			cancel()
		}
	}
	require.Equal(t, []bool{false, true}, []bool{got[0].Final, got[1].Final})
	require.Contains(t, got[1].Error, "no answer within")
	require.Contains(t, got[1].Advice, "Answer 200 first")
	require.Zero(t, got[1].Status)
}

// TestPreviews: what each kind of callback says, in a few words.
func TestPreviews(t *testing.T) {
	t.Parallel()
	for event, want := range map[string]string{
		`"message":{"mid":"m_1","text":"line\nbreak"}`:                                                   `"line\nbreak"`,
		`"message":{"mid":"m_1","text":"` + strings.Repeat("é", 100) + `"}`:                              `"` + strings.Repeat("é", 79) + `…"`,
		`"message":{"mid":"m_1","text":"Red","quick_reply":{"payload":"RED"}}`:                           `taps "Red" (RED)`,
		`"message":{"mid":"m_1","sticker_id":369239263222822,"attachments":[{"type":"image"}]}`:          "[sticker]",
		`"message":{"mid":"m_1","attachments":[{"type":"image"},{"type":"file"}]}`:                       "[image] [file]",
		`"message":{"mid":"m_1","is_echo":true,"text":"hi"}`:                                             `echo "hi"`,
		`"message":{"mid":"m_1","is_deleted":true}`:                                                      "unsent",
		`"postback":{"title":"Buy","payload":"BUY"}`:                                                     `taps "Buy" (BUY)`,
		`"reaction":{"action":"react","emoji":"❤"}`:                                                      "react ❤",
		`"message_edit":{"mid":"m_1","text":"new"}`:                                                      `edits to "new"`,
		`"optin":{"ref":"shop"}`:                                                                         `opts in "shop"`,
		`"referral":{"ref":"ad"}`:                                                                        `comes by "ad"`,
		`"account_linking":{"status":"linked"}`:                                                          "links the account",
		`"account_linking":{"status":"unlinked"}`:                                                        "unlinks the account",
		`"optin":{"type":"notification_messages","notification_messages_status":"STOP NOTIFICATIONS"}`:   "stops notifications",
		`"optin":{"type":"notification_messages","notification_messages_status":"RESUME NOTIFICATIONS"}`: "resumes notifications",
		`"optin":{"type":"notification_messages"}`:                                                       "allows notifications",
		`"optin":{"type":"one_time_notif_req"}`:                                                          "allows one notification",
		`"call_permission_reply":{"response":"approve"}`:                                                 "approves calls by the page",
		`"read":{"watermark":1}`:                                                                         "read",
		`"delivery":{"watermark":1}`:                                                                     "delivered",
		`"pass_thread_control":{"new_owner_app_id":"1"}`:                                                 "conversation passed",
		`"take_thread_control":{"previous_owner_app_id":"1"}`:                                            "conversation taken",
		`"request_thread_control":{"requested_owner_app_id":"1"}`:                                        "conversation requested",
		`"something":{}`: "",
	} {
		s := newSim(t, simulator.Config{WebhookURL: "http://bot.test/", Client: &http.Client{
			Transport: roundTrip(func(*http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
			}),
		}})
		require.NoError(t, s.Post(t.Context(), json.RawMessage(`{"sender":{"id":"`+ada+`"},"recipient":{"id":"`+page+`"},"timestamp":1,`+event+`}`)), event)
		require.NoError(t, s.Flush(t.Context()))
		require.Len(t, s.Log(), 1, event)
		require.Equal(t, want, s.Log()[0].Preview, event)
	}
}

// TestSeed: the same acts give the same ids, and another seed gives others.
func TestSeed(t *testing.T) {
	t.Parallel()
	run := func(seed uint64) (ids []string) {
		s := newSim(t, simulator.Config{Seed: seed})
		person, err := s.AddPerson(simulator.Person{FirstName: "Eve"})
		require.NoError(t, err)
		mid, err := s.Say(t.Context(), person.ID, "hi")
		require.NoError(t, err)
		added, err := s.AddPage(simulator.Page{})
		require.NoError(t, err)
		comment, err := s.Comment(t.Context(), person.ID, "price?")
		require.NoError(t, err)
		return []string{person.ID, mid, added.ID, comment}
	}
	seven, again, eight := run(7), run(7), run(8)
	require.Equal(t, seven, again)
	random, anew := run(0), run(0)
	for i := range seven {
		require.NotEqual(t, seven[i], eight[i])
		require.NotEqual(t, random[i], anew[i])
	}
}

// TestAServerWarns: what the server around the simulator sees is in the log with the rest.
func TestAServerWarns(t *testing.T) {
	t.Parallel()
	p := serve(t, simulator.Config{})
	p.do(t, "GET", "/me", "")
	p.Warn("a client went", "trust it")
	var entries []simulator.Entry
	require.NoError(t, json.Unmarshal(p.do(t, "GET", "/simulator/log", "").body, &entries))
	require.Len(t, entries, 2)
	require.Equal(t, simulator.EntryWarning, entries[1].Kind)
	require.Equal(t, []string{"server", "a client went", "trust it"}, []string{entries[1].Name, entries[1].Error, entries[1].Advice})
}
