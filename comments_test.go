package messenger_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
	"github.com/djmessenger/messenger/store"
)

func commentsPath(method, path string) bool {
	return method == http.MethodPost && strings.HasSuffix(path, "/comments")
}

// comments routes comments and visitors' posts alike.
func comments(routes ...routing.Route) routing.Policy {
	posts := slices.Clone(routes)
	for i := range posts {
		posts[i].Name = "post: " + posts[i].Name
	}
	return routing.Policy{receiving.TypeComment: routes, receiving.TypeVisitorPost: posts}
}

// publicTexts returns what the page wrote below a comment or post.
func (w *world) publicTexts(id string) []string {
	var texts []string
	for _, c := range w.Comments(id) {
		texts = append(texts, c.Text)
	}
	return texts
}

// TestCommentIsAnsweredInBothWays: senders and handlers of routes under COMMENT and VISITOR_POST answer in the turn's
// commit, privately unless they say otherwise, and the author's name is known to texts. The page's own reply, of which it
// is notified, is not answered.
func TestCommentIsAnsweredInBothWays(t *testing.T) {
	t.Parallel()
	policy := comments(
		routing.Route{Name: "senders", Handler: handling.Dummy{}, Senders: sending.List(
			sending.SimpleMessage{Text: "Hello, %{name|you}!"}, sending.Publicly(sending.SimpleMessage{Text: "We wrote to you."}))},
		route("handler", func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
			if err := store.Queue(ctx, store.AddThumbUp{PageID: ev.PageID, PSID: "counted"}); err != nil {
				return err
			}
			return reply.Reply(ctx, sending.Text("Thank you for: "+ev.Payload.(*receiving.FeedChange).Message).Publicly())
		}),
	)
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy}, func(w *world) {
		comment, err := w.Comment(t.Context(), ada, "How much?")
		require.NoError(t, err)
		post, err := w.VisitorPost(t.Context(), lin, "Are you open?")
		require.NoError(t, err)
		after(time.Second)
		require.Equal(t, []string{"Hello, Ada Byron!"}, w.Texts(ada))
		require.Equal(t, []string{"We wrote to you.", "Thank you for: How much?"}, w.publicTexts(comment))
		require.Len(t, w.Texts(lin), 1)
		require.Equal(t, []string{"We wrote to you.", "Thank you for: Are you open?"}, w.publicTexts(post))
		require.Equal(t, 2, w.Person("counted").ThumbUps)
		require.Len(t, w.Requests(), 6, "the page's own comments are not answered")
		var recipients []string
		for _, r := range w.Requests() {
			if to := regexp.MustCompile(`"recipient":{[^}]*}`).FindString(r.Body); to != "" {
				recipients = append(recipients, to)
			}
		}
		require.ElementsMatch(t, []string{`"recipient":{"comment_id":"` + comment + `"}`, `"recipient":{"post_id":"` + post + `"}`}, recipients)
		require.True(t, w.Person(ada).LastAct.IsZero(), "a comment opens no messaging window")

		// The platform may notify again, with another time, and after the author was renamed.
		body := w.Deliveries()[0].Body
		require.Contains(t, body, comment)
		for i := range 3 {
			again := strings.Replace(body, `"time":`, fmt.Sprintf(`"time":%d`, i+1), 1)
			require.Contains(t, again, `"Ada Byron"`)
			again = strings.Replace(again, `"Ada Byron"`, fmt.Sprintf(`"Ada the %d."`, i+1), 1)
			require.Equal(t, 200, w.Posts(again).Code)
		}
		after(time.Minute)
		require.Len(t, w.Texts(ada), 1)
		require.Len(t, w.publicTexts(comment), 2)
		require.Equal(t, 2, w.Person("counted").ThumbUps)
	})
}

// TestPublicReplyIsPostedOnce: after an attempt of unknown outcome the bot looks for the reply, and posts it again only if
// it is not there.
func TestPublicReplyIsPostedOnce(t *testing.T) {
	t.Parallel()
	lists := func(method, path string) bool {
		return method == http.MethodGet && strings.HasSuffix(path, "/comments")
	}
	refused := func(code int) *simulator.GraphError { return &simulator.GraphError{Code: code, Message: "no"} }
	for name, c := range map[string]struct {
		faults     []simulator.Fault
		atMostOnce bool
		posted     int
		posts      int // POSTs
		uncertain  bool
	}{
		"posted, and the answer lost":                {[]simulator.Fault{{Drop: simulator.DropAfter}}, false, 1, 1, false},
		"not posted":                                 {[]simulator.Fault{{Drop: simulator.DropBefore}}, false, 1, 2, false},
		"twice not posted":                           {[]simulator.Fault{{Drop: simulator.DropBefore, Times: 2}}, false, 1, 3, false},
		"not posted, then posted":                    {[]simulator.Fault{{Drop: simulator.DropBefore}, {Drop: simulator.DropAfter}}, false, 1, 2, false},
		"half an answer":                             {[]simulator.Fault{{Drop: simulator.DropHalf}}, false, 1, 1, false},
		"refused for now":                            {[]simulator.Fault{{Error: refused(4)}}, false, 1, 2, false},
		"posted; at most once":                       {[]simulator.Fault{{Drop: simulator.DropAfter}}, true, 1, 1, false},
		"not posted; at most once":                   {[]simulator.Fault{{Drop: simulator.DropBefore}}, true, 0, 1, true},
		"posted; the look-up fails for a while":      {[]simulator.Fault{{Drop: simulator.DropAfter}, {Match: lists, Times: 5, Status: 500, Body: "oops"}}, false, 1, 1, false},
		"posted; the look-up is never allowed":       {[]simulator.Fault{{Drop: simulator.DropAfter}, {Match: lists, Times: -1, Error: refused(10)}}, false, 1, 1, true},
		"posted; the look-up never works":            {[]simulator.Fault{{Drop: simulator.DropAfter}, {Match: lists, Times: -1, Status: 500, Body: "oops"}}, false, 1, 1, true},
		"not posted; the look-up fails for a moment": {[]simulator.Fault{{Drop: simulator.DropBefore}, {Match: lists, Drop: simulator.DropBefore}}, false, 1, 2, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var failures []error
			cfg := messenger.Config{
				Policy:     comments(routing.Route{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("Thanks!").Publicly())}),
				AtMostOnce: c.atMostOnce,
				OnSendFailed: func(_ context.Context, f sending.Failure) {
					failures = append(failures, f.Err)
				},
			}
			inBubble(t, simulator.Config{}, cfg, func(w *world) {
				for _, f := range c.faults {
					if f.Match == nil {
						f.Match = commentsPath
					}
					w.Fault(f)
				}
				comment, err := w.Comment(t.Context(), ada, "How much?")
				require.NoError(t, err)
				after(time.Hour)
				require.Len(t, w.publicTexts(comment), c.posted)
				posts := 0
				for _, r := range w.Requests() {
					if commentsPath(r.Method, r.Path) {
						posts++
					}
				}
				require.Equal(t, c.posts, posts)
				if c.uncertain {
					require.Len(t, failures, 1)
					require.ErrorIs(t, failures[0], sending.ErrUncertain)
				} else {
					require.Empty(t, failures)
				}
			})
		})
	}
}

// TestAnswerToAMentionIsPostedOnce: the platform lists no answers to a mention, so one of unknown outcome is not posted
// again.
func TestAnswerToAMentionIsPostedOnce(t *testing.T) {
	t.Parallel()
	posts := 0
	lost := bubble.RoundTripper(func(*http.Request) (*http.Response, error) {
		posts++
		return nil, errors.New("connection reset")
	})
	var failures []error
	cfg := messenger.Config{
		Policy:     routing.Policy{receiving.TypeInstagramMention: {{Handler: handling.Dummy{}, Senders: sending.List(sending.Text("Thanks!"))}}},
		HTTPClient: &http.Client{Transport: lost},
		OnSendFailed: func(_ context.Context, f sending.Failure) {
			failures = append(failures, f.Err)
		},
	}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		body := `{"object":"instagram","entry":[{"id":"` + pageID + `","time":1764000000,"changes":[{"field":"mentions","value":{"media_id":"18","comment_id":"17"}}]}]}`
		require.Equal(t, 200, w.Posts(body).Code)
		after(time.Hour)
		require.Equal(t, 1, posts)
		require.Len(t, failures, 1)
		require.ErrorIs(t, failures[0], sending.ErrUncertain)
	})
}

// TestPageMentionIsAnsweredOnce: a mention of the page elsewhere is answered below the comment or post that has it, publicly, once,
// however often and with whatever sender the platform notifies of it, and texts know the author's name.
func TestPageMentionIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	type call struct{ method, path, body string }
	var calls []call
	turns := 0
	platform := bubble.RoundTripper(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		calls = append(calls, call{r.Method, r.URL.Path[strings.Index(r.URL.Path[1:], "/")+1:], string(body)})
		return &http.Response{
			StatusCode: 200, Header: http.Header{}, Request: r, Body: io.NopCloser(strings.NewReader(`{"id":"9_9"}`)),
		}, err
	})
	cfg := messenger.Config{
		Policy: routing.Policy{
			receiving.TypeMention: {{
				Handler: handling.Func(func(context.Context, *receiving.Event, *sending.Replier) error {
					turns++
					return nil
				}),
				Senders: sending.List(sending.SimpleMessage{Text: "Thanks, %{name|friend}!"}),
			}},
		},
		HTTPClient: &http.Client{Transport: platform},
		OnSendFailed: func(_ context.Context, f sending.Failure) {
			panic(f.Err)
		},
	}
	mention := func(at int, value string) string {
		return fmt.Sprintf(`{"object":"page","entry":[{"id":"%s","time":%d,"changes":[{"field":"mention","value":%s}]}]}`, pageID, at, value)
	}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		for i, value := range []string{
			`{"item":"comment","verb":"add","post_id":"44_1","comment_id":"1_2","sender_id":"7","sender_name":"Ana"}`,
			`{"item":"comment","verb":"add","post_id":"44_1","comment_id":"1_2","message":"again"}`,
			`{"item":"comment","verb":"edited","post_id":"44_1","comment_id":"1_2","sender_id":"7","sender_name":"Ana"}`,
			`{"item":"comment","verb":"remove","post_id":"44_1","comment_id":"1_2","sender_id":"7","sender_name":"Ana"}`,
			`{"item":"comment","verb":"add","post_id":"44_1","comment_id":"1_3","sender_id":"` + pageID + `","sender_name":"The page"}`,
			`{"item":"photo","verb":"add","post_id":"44_1","photo_id":"5"}`,
			`{"item":"photo","verb":"add","post_id":"44_1","photo_id":"6"}`,
		} {
			require.Equal(t, 200, w.Posts(mention(1_764_000_000+i, value)).Code)
			after(time.Minute)
		}
		require.Equal(t, []call{
			{http.MethodPost, "/1_2/comments", `{"message":"Thanks, Ana!"}`},
			{http.MethodPost, "/44_1/comments", `{"message":"Thanks, friend!"}`},
		}, calls)
		require.Equal(t, 2, turns)
	})
}

// TestRefusedAnswerKeepsTheWrites: an answer that the event does not allow is logged, recorded and reported, and what its
// handler wrote takes effect, whether the handler returns the error or not.
func TestRefusedAnswerKeepsTheWrites(t *testing.T) {
	t.Parallel()
	write := func(ctx context.Context, ev *receiving.Event) error {
		return store.Queue(ctx, store.AddThumbUp{PageID: ev.PageID, PSID: "counted"})
	}
	returns := func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
		if err := write(ctx, ev); err != nil {
			return err
		}
		return reply.Reply(ctx, sending.Text("hi"))
	}
	read := fmt.Sprintf(`{"object":"page","entry":[{"id":"%s","time":1,"messaging":[{"sender":{"id":"%s"},"recipient":{"id":"%s"},"timestamp":1,"read":{"watermark":1}}]}]}`, pageID, ada, pageID)
	comment := `{"object":"page","entry":[{"id":"` + pageID + `","time":1,"changes":[{"field":"feed","value":{"item":"comment","verb":"add","from":{"id":"7"},"comment_id":"1_2"}}]}]}`
	for name, c := range map[string]struct {
		body    string
		under   receiving.Type
		handler handling.Func
		psid    string
	}{
		"a read":                              {read, receiving.TypeRead, returns, ada},
		"a comment, by a route under DEFAULT": {comment, receiving.TypeDefault, returns, ""},
		"standby":                             {strings.Replace(callback(pageID, ada, "m_1", "hi"), `"messaging"`, `"standby"`, 1), receiving.TypeDefault, returns, ada},
		"a sender action to a comment": {comment, receiving.TypeComment, func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
			return errors.Join(write(ctx, ev), reply.Now(ctx, sending.TypingOn))
		}, ""},
		"an error that the handler swallows": {read, receiving.TypeRead, func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
			_ = reply.Reply(ctx, sending.Text("hi"))
			return write(ctx, ev)
		}, ada},
		"an error that the handler wraps": {read, receiving.TypeRead, func(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
			return fmt.Errorf("mine: %w", returns(ctx, ev, reply))
		}, ada},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var failures []sending.Failure
			var log bytes.Buffer
			cfg := messenger.Config{
				Policy: routing.Policy{c.under: {
					route("refused", c.handler),
					routing.Route{Name: "otherwise", Handler: handling.Func(func(context.Context, *receiving.Event, *sending.Replier) error {
						panic("the route before it has handled the event")
					}), Otherwise: true},
				}},
				Logger:       slog.New(slog.NewTextHandler(&log, nil)),
				OnSendFailed: func(_ context.Context, f sending.Failure) { failures = append(failures, f) },
			}
			inBubble(t, simulator.Config{Strangers: true}, cfg, func(w *world) {
				require.Equal(t, 200, w.Posts(c.body).Code)
				after(time.Minute)
				require.Equal(t, 1, w.Person("counted").ThumbUps)
				require.Empty(t, w.Letters())
				require.Empty(t, w.Requests())
				require.Equal(t, []store.SentOutcome{store.OutcomeRefused}, outcomes(t, w.Store, c.psid))
				stats, err := w.bot.Stats(t.Context())
				require.NoError(t, err)
				require.EqualValues(t, 1, stats.Sends[store.OutcomeRefused])
			})
			require.Len(t, failures, 1)
			require.ErrorIs(t, failures[0].Err, sending.ErrNotAnswerable)
			require.Equal(t, pageID, failures[0].PageID)
			require.NotEmpty(t, failures[0].Key)
			require.Contains(t, log.String(), "level=ERROR")
			require.Contains(t, log.String(), "route=refused")
		})
	}
}

// TestRefusedAnswerOfATurnThatIsTriedAgain is reported once, when the turn takes effect.
func TestRefusedAnswerOfATurnThatIsTriedAgain(t *testing.T) {
	t.Parallel()
	tries, reported := 0, 0
	policy := comments(
		route("refused", func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
			return reply.Reply(ctx, sending.TypingOn.Message())
		}),
		route("fails twice", func(context.Context, *receiving.Event, *sending.Replier) error {
			if tries++; tries < 3 {
				return errors.New("not yet")
			}
			return nil
		}),
	)
	cfg := messenger.Config{Policy: policy, OnSendFailed: func(context.Context, sending.Failure) { reported++ }}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		_, err := w.Comment(t.Context(), ada, "How much?")
		require.NoError(t, err)
		after(time.Minute)
		require.Equal(t, 3, tries)
		require.Equal(t, 1, reported)
	})
}

// TestOnePrivateReplyInATurn: the second, of the same route or of another, is refused before the platform refuses it, and
// the public reply of a route after it goes out.
func TestOnePrivateReplyInATurn(t *testing.T) {
	t.Parallel()
	var errs []error
	var failures []sending.Failure
	policy := comments(
		route("fails", func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
			errs = append(errs, reply.Reply(ctx, sending.Text("of a route that fails")))
			return handling.Permanent(errors.New("no"))
		}),
		route("first", func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
			errs = append(errs, reply.Reply(ctx, sending.Text("a"), sending.Text("b")), reply.Reply(ctx, sending.Text("one")), reply.Reply(ctx, sending.Text("two")))
			return nil
		}),
		routing.Route{Name: "second", Handler: handling.Dummy{}, Senders: sending.List(sending.Text("three"))},
		routing.Route{Name: "public", Handler: handling.Dummy{}, Senders: sending.List(sending.Text("all can read this").Publicly())},
	)
	cfg := messenger.Config{Policy: policy, OnSendFailed: func(_ context.Context, f sending.Failure) { failures = append(failures, f) }}
	inBubble(t, simulator.Config{}, cfg, func(w *world) {
		comment, err := w.Comment(t.Context(), ada, "How much?")
		require.NoError(t, err)
		after(time.Minute)
		require.Equal(t, []string{"one"}, w.Texts(ada))
		require.Equal(t, []string{"all can read this"}, w.publicTexts(comment))
		require.NoError(t, errs[0])
		require.ErrorIs(t, errs[1], sending.ErrAlreadyReplied)
		require.NoError(t, errs[2])
		require.ErrorIs(t, errs[3], sending.ErrAlreadyReplied)
		var refused []string
		for _, f := range failures {
			require.ErrorIs(t, f.Err, sending.ErrAlreadyReplied)
			require.ErrorIs(t, f.Err, sending.ErrNotAnswerable)
			refused = append(refused, f.Message.Text)
		}
		require.Equal(t, []string{"a", "b", "two", "three"}, refused)
	})
}

// TestPublicReplyFromOutsideOfATurn: the program can reply publicly to what it names, with a key too.
func TestPublicReplyFromOutsideOfATurn(t *testing.T) {
	t.Parallel()
	inBubble(t, simulator.Config{}, messenger.Config{Policy: routing.Policy{}}, func(w *world) {
		comment, err := w.Comment(t.Context(), ada, "How much?")
		require.NoError(t, err)
		m := sending.Text("5 euros").PubliclyTo(sending.PublicReply{CommentID: comment})
		for range 2 {
			require.NoError(t, w.bot.SendOnce(t.Context(), pageID, "", "price", m))
		}
		after(time.Second)
		require.Equal(t, []string{"5 euros"}, w.publicTexts(comment))
		require.ErrorContains(t, w.bot.Send(t.Context(), pageID, "", sending.Text("a").Publicly()), "no recipient")
		require.ErrorContains(t, w.bot.Send(t.Context(), pageID, ada, sending.Text("a").Publicly()), "no recipient")
	})
}

// TestSenderThatSkips fails its route: a sender cannot say that its handler's work is not to count.
func TestSenderThatSkips(t *testing.T) {
	t.Parallel()
	policy := texts(routing.Route{Name: "skips", Handler: handling.Func(thumb), Senders: sending.List(sending.Func(
		func(context.Context, *receiving.Event) ([]sending.Message, error) { return nil, handling.Skip }))})
	inBubble(t, simulator.Config{}, messenger.Config{Policy: policy}, func(w *world) {
		w.Says(ada, "hi")
		after(time.Minute)
		require.Len(t, w.Letters(), 1)
		require.Equal(t, "skips", w.Letters()[0].Failures[0].Route)
		require.Contains(t, w.Letters()[0].Failures[0].Error, "sender")
	})
}
