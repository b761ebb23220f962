package graph_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
	"github.com/djmessenger/messenger/simulator"
)

// The walk's page, app and people.
const (
	walkPage    = "100000000000001"
	walkApp     = "1000000000000001"
	walkPerson  = "7100000000000001"
	walkAccount = "17841400000000001"
	walkFan     = "7100000000000099"
	walkOther   = "100000000000002" // a page without a default app
	walkGuest   = "7100000000000098"
	walkLogin   = "17841400000000002" // an account connected by Instagram Login
)

// TestEveryCallIsSimulated makes every call that a Client has to the simulator. A method without an entry here fails it.
func TestEveryCallIsSimulated(t *testing.T) {
	t.Parallel()
	bot := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.URL.Query().Get("hub.challenge"))
	}))
	t.Cleanup(bot.Close)
	sim, err := simulator.New(simulator.Config{
		Client: bot.Client(), AnswerTimeout: time.Minute, RequireProof: true, DefaultApp: walkApp,
		Pages:  []simulator.Page{{ID: walkAccount, Platform: simulator.PlatformInstagram, LinkedTo: walkPage}, {ID: walkOther}, {ID: walkLogin, Platform: simulator.PlatformInstagram}},
		People: append(simulator.DefaultPeople(), simulator.Person{ID: walkFan, PageID: walkAccount, FirstName: "Ana"}, simulator.Person{ID: walkGuest, PageID: walkOther, FirstName: "Bo"}),
	})
	require.NoError(t, err)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	t.Cleanup(func() { require.NoError(t, sim.Close()) })
	client, err := graph.New(graph.Config{
		BaseURL: server.URL,
		Retries: -1,
		Tokens: graph.TokenFunc(func(_ context.Context, pageID string) (secret.Value, error) {
			if pageID == walkOther || pageID == walkLogin {
				return secret.New("simulator-page-token-" + pageID), nil
			}
			return secret.New("simulator-page-token"), nil
		}),
		AppSecret: func(string) secret.Value { return secret.New(simulator.DefaultAppSecret) },
		Timeout:   time.Minute, UploadTimeout: time.Minute,
	})
	require.NoError(t, err)
	walk := walker{client: client, sim: sim, bot: bot.URL, app: graph.AppToken(walkApp, secret.New(simulator.DefaultAppSecret))}
	calls := walk.calls()
	methods := reflect.TypeFor[*graph.Client]()
	for method := range methods.Methods() {
		name := method.Name
		require.Contains(t, calls, name, "the walk has no call of this method")
		require.NoError(t, calls[name](t.Context()), name)
	}
	for _, r := range sim.Requests() {
		require.Equal(t, http.StatusOK, r.Status, "%s %s: %s", r.Method, r.Path, r.Answer)
		require.Empty(t, r.Warnings, "%s %s", r.Method, r.Path)
	}
}

type walker struct {
	client *graph.Client
	sim    *simulator.Simulator
	bot    string
	app    secret.Value
}

var errEmpty = errors.New("an answer without what was asked for")

// some takes one element, which must be there.
func some[T any](list iter.Seq2[T, error]) error {
	for _, err := range list {
		return err
	}
	return errEmpty
}

// all takes every element of a list that may be empty.
func all[T any](list iter.Seq2[T, error]) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

// given is the error of a call, or that of an empty answer.
func given(there bool, err error) error {
	if err == nil && !there {
		return errEmpty
	}
	return err
}

func (w walker) calls() map[string]func(context.Context) error {
	calls := map[string]func(context.Context) error{}
	for _, some := range []map[string]func(context.Context) error{w.messages(), w.people(), w.inbox(), w.page(), w.apps(), w.threads()} {
		maps.Copy(calls, some)
	}
	return calls
}

func (w walker) messages() map[string]func(context.Context) error {
	c := w.client
	return map[string]func(context.Context) error{
		"SendMessage": func(ctx context.Context) error {
			if _, err := w.sim.Say(ctx, walkPerson, "hi"); err != nil {
				return err
			}
			got, err := c.SendMessage(ctx, walkPage, map[string]any{"recipient": map[string]string{"id": walkPerson}, "message": map[string]string{"text": "x"}})
			return given(got.MID != "", err)
		},
		"PrivateReply": func(ctx context.Context) error {
			comment, err := w.sim.Comment(ctx, walkPerson, "How much?")
			if err != nil {
				return err
			}
			got, err := c.PrivateReply(ctx, walkPage, graph.PublicPost{CommentID: comment}, map[string]string{"text": "5"})
			return given(got.MID != "", err)
		},
		"PublicReply": func(ctx context.Context) error {
			fan, err := w.sim.Comment(ctx, walkFan, "nice")
			if err != nil {
				return err
			}
			comment, err := w.sim.Comment(ctx, walkPerson, "How much?")
			if err != nil {
				return err
			}
			for _, to := range []graph.PublicTarget{{CommentID: comment}, {Instagram: true, CommentID: fan}, {Instagram: true, MediaID: "17900000000000001"}} {
				pageID := walkPage
				if to.Instagram {
					pageID = walkAccount
				}
				if _, err := c.PublicReply(ctx, pageID, to, "thanks"); err != nil {
					return err
				}
			}
			return nil
		},
		"FindPublicReply": func(ctx context.Context) error {
			comment, err := w.sim.Comment(ctx, walkPerson, "How much?")
			if err != nil {
				return err
			}
			to := graph.PublicTarget{CommentID: comment}
			if _, err := c.PublicReply(ctx, walkPage, to, "5"); err != nil {
				return err
			}
			id, err := c.FindPublicReply(ctx, walkPage, to, "5", time.Now())
			return given(id != "", err)
		},
		"Upload": func(ctx context.Context) error {
			_, err := c.Upload(ctx, walkPage, attachment.Image, "a.png", "image/png", strings.NewReader("png"))
			return err
		},
		"UploadURL": func(ctx context.Context) error {
			_, err := c.UploadURL(ctx, walkPage, attachment.Image, "https://example.com/a.png")
			return err
		},
		"Batch": func(ctx context.Context) error {
			got, err := c.Batch(ctx, walkPage, graph.Request{Path: graph.Me}, graph.Request{Path: walkPerson})
			if err != nil {
				return err
			}
			return errors.Join(got[0].Err, got[1].Err)
		},
		"Do": func(ctx context.Context) error {
			return c.Do(ctx, graph.Request{PageID: walkPage, Path: graph.Me}, nil)
		},
	}
}

func (w walker) people() map[string]func(context.Context) error {
	c := w.client
	label := func(ctx context.Context, name string) (string, error) {
		id, err := c.CreateCustomLabel(ctx, walkPage, name)
		if err != nil {
			return "", err
		}
		return id, c.AssignCustomLabel(ctx, walkPage, id, walkPerson)
	}
	menu := func(ctx context.Context) error {
		if err := w.setProfile(ctx); err != nil {
			return err
		}
		return c.SetCustomUserSettings(ctx, walkPage, walkPerson, []map[string]any{{
			"locale": "default", "call_to_actions": []map[string]string{{"type": "postback", "title": "T", "payload": "P"}},
		}})
	}
	return map[string]func(context.Context) error{
		"Profile": func(ctx context.Context) error {
			got, err := c.Profile(ctx, walkPage, walkPerson)
			return given(got.FirstName == "Ada", err)
		},
		"LinkingPerson": func(ctx context.Context) error {
			token, err := w.sim.LinkingToken(walkPerson)
			if err != nil {
				return err
			}
			psid, err := c.LinkingPerson(ctx, walkPage, secret.New(token))
			return given(psid == walkPerson, err)
		},
		"UnlinkAccount":         func(ctx context.Context) error { return c.UnlinkAccount(ctx, walkPage, walkPerson) },
		"SetCustomUserSettings": menu,
		"CustomUserSettings": func(ctx context.Context) error {
			if err := menu(ctx); err != nil {
				return err
			}
			got, err := c.CustomUserSettings(ctx, walkPage, walkPerson)
			return given(got.PersonMenu != nil, err)
		},
		"DeleteCustomUserSettings": func(ctx context.Context) error { return c.DeleteCustomUserSettings(ctx, walkPage, walkPerson) },
		"CreateCustomLabel":        func(ctx context.Context) error { _, err := label(ctx, "one"); return err },
		"AssignCustomLabel":        func(ctx context.Context) error { _, err := label(ctx, "two"); return err },
		"CustomLabels": func(ctx context.Context) error {
			_, err := label(ctx, "three")
			return errors.Join(err, some(c.CustomLabels(ctx, walkPage)))
		},
		"CustomLabelsOf": func(ctx context.Context) error {
			_, err := label(ctx, "four")
			return errors.Join(err, some(c.CustomLabelsOf(ctx, walkPage, walkPerson)))
		},
		"RemoveCustomLabel": func(ctx context.Context) error {
			id, err := label(ctx, "five")
			return errors.Join(err, c.RemoveCustomLabel(ctx, walkPage, id, walkPerson))
		},
		"DeleteCustomLabel": func(ctx context.Context) error {
			id, err := label(ctx, "six")
			return errors.Join(err, c.DeleteCustomLabel(ctx, walkPage, id))
		},
		"Moderate": func(ctx context.Context) error {
			return c.Moderate(ctx, walkPage, []string{walkPerson}, graph.UnblockUser, graph.UnbanUser)
		},
	}
}

func (w walker) inbox() map[string]func(context.Context) error {
	c := w.client
	conversation := func(ctx context.Context) (id string, err error) {
		for found, err := range c.Conversations(ctx, walkPage, graph.ConversationQuery{UserID: walkPerson, Fields: []string{"participants", "messages{id,message,from}", "is_owner"}}) {
			return found.ID, given(len(found.Messages) > 0 && len(found.Participants) == 2, err)
		}
		return "", errEmpty
	}
	say := func(ctx context.Context) (string, error) { return w.sim.Say(ctx, walkPerson, "hello") }
	return map[string]func(context.Context) error{
		"Conversations": func(ctx context.Context) error {
			_, err := say(ctx)
			_, listed := conversation(ctx)
			return errors.Join(err, listed)
		},
		"ConversationMessages": func(ctx context.Context) error {
			_, err := say(ctx)
			id, listed := conversation(ctx)
			return errors.Join(err, listed, some(c.ConversationMessages(ctx, walkPage, id)))
		},
		"ConversationMessage": func(ctx context.Context) error {
			mid, err := say(ctx)
			if err != nil {
				return err
			}
			m, err := c.ConversationMessage(ctx, walkPage, mid)
			return given(m.Text == "hello" && m.From.ID == walkPerson, err)
		},
	}
}

// setProfile gives the page a Get Started button.
func (w walker) setProfile(ctx context.Context) error {
	return w.client.SetMessengerProfile(ctx, walkPage, "", graph.MessengerProfile{"get_started": []byte(`{"payload":"G"}`)})
}

func (w walker) page() map[string]func(context.Context) error {
	c := w.client
	persona := func(ctx context.Context) (string, error) {
		return c.CreatePersona(ctx, walkPage, "Eve", "https://example.com/a.png")
	}
	return map[string]func(context.Context) error{
		"CreatePersona": func(ctx context.Context) error { _, err := persona(ctx); return err },
		"Persona": func(ctx context.Context) error {
			id, err := persona(ctx)
			if err != nil {
				return err
			}
			got, err := c.Persona(ctx, walkPage, id)
			return given(got.Name == "Eve", err)
		},
		"Personas": func(ctx context.Context) error {
			_, err := persona(ctx)
			return errors.Join(err, some(c.Personas(ctx, walkPage)))
		},
		"DeletePersona": func(ctx context.Context) error {
			id, err := persona(ctx)
			return errors.Join(err, c.DeletePersona(ctx, walkPage, id))
		},
		"SetMessengerProfile": w.setProfile,
		"MessengerProfile": func(ctx context.Context) error {
			if err := w.setProfile(ctx); err != nil {
				return err
			}
			got, err := c.MessengerProfile(ctx, walkPage, "", "get_started")
			return given(len(got) == 1, err)
		},
		"DeleteMessengerProfile": func(ctx context.Context) error { return c.DeleteMessengerProfile(ctx, walkPage, "", "greeting") },
		"MessagingFeatureStatus": func(ctx context.Context) error {
			got, err := c.MessagingFeatureStatus(ctx, walkPage)
			return given(got.HopV2, err)
		},
		"FeatureReviews": func(ctx context.Context) error { return some(c.FeatureReviews(ctx, walkPage)) },
		"Insights": func(ctx context.Context) error {
			got, err := c.Insights(ctx, walkPage, graph.InsightQuery{Metrics: []string{"page_messages_new_conversations_unique"}, Period: "day"})
			return given(len(got) == 1 && len(got[0].Values) == 2 && got[0].Values[0].Number != nil && !got[0].Values[0].End.IsZero(), err)
		},
		"SetNLP": func(ctx context.Context) error {
			return c.SetNLP(ctx, walkPage, graph.NLPConfig{Enabled: true, Model: "ENGLISH", NBest: 2})
		},
		"Subscribe":     func(ctx context.Context) error { return c.Subscribe(ctx, walkPage, "messages", "message_echoes") },
		"Subscriptions": func(ctx context.Context) error { return all(c.Subscriptions(ctx, walkPage)) },
		"Unsubscribe":   func(ctx context.Context) error { return c.Unsubscribe(ctx, walkPage) },
		"Usage":         func(context.Context) error { _ = c.Usage(walkPage); return nil },
		"CreateUtilityTemplate": func(ctx context.Context) error {
			got, err := c.CreateUtilityTemplate(ctx, walkPage, graph.NewTemplate{Name: "shipped", Language: "en_US", LibraryName: "order_shipped"})
			return given(got.Status == graph.TemplateApproved, err)
		},
		"UtilityTemplates": func(ctx context.Context) error {
			return some(c.UtilityTemplates(ctx, walkPage, graph.TemplateQuery{Name: "shipped"}))
		},
		"LibraryTemplates": func(ctx context.Context) error {
			return some(c.LibraryTemplates(ctx, walkPage, graph.TemplateQuery{NameOrContent: "order"}))
		},
	}
}

func (w walker) apps() map[string]func(context.Context) error {
	c := w.client
	subscribe := func(ctx context.Context) error {
		return c.SubscribeApp(ctx, w.app, walkApp, graph.AppSubscription{
			CallbackURL: w.bot, Fields: []string{"messages"}, Object: "page", VerifyToken: secret.New(simulator.DefaultVerifyToken),
		})
	}
	return map[string]func(context.Context) error{
		"SubscribeApp": subscribe,
		"AppSubscriptions": func(ctx context.Context) error {
			return errors.Join(subscribe(ctx), some(c.AppSubscriptions(ctx, w.app, walkApp)))
		},
		"UnsubscribeApp": func(ctx context.Context) error {
			return errors.Join(subscribe(ctx), c.UnsubscribeApp(ctx, w.app, walkApp, "page", "messages"))
		},
		"DebugToken": func(ctx context.Context) error {
			got, err := c.DebugToken(ctx, w.app, secret.New("simulator-page-token"))
			return given(got.Valid && got.ProfileID == walkPage, err)
		},
		"Accounts": func(ctx context.Context) error {
			return some(c.Accounts(ctx, secret.New(simulator.DefaultUserToken)))
		},
		"ExchangeUserToken": func(ctx context.Context) error {
			got, err := c.ExchangeUserToken(ctx, walkApp, secret.New(simulator.DefaultAppSecret), secret.New(simulator.DefaultUserToken))
			return given(got.Expires > 0, err)
		},
		"RefreshToken": func(ctx context.Context) error {
			if err := w.sim.MoveClock(24 * time.Hour); err != nil {
				return err
			}
			got, err := c.RefreshToken(ctx, walkLogin, secret.Value{})
			return given(!got.Token.IsZero() && got.Life == 60*24*time.Hour, err)
		},
		"StickerPacks":   func(ctx context.Context) error { return some(c.StickerPacks(ctx, w.app, "en_US")) },
		"SearchStickers": func(ctx context.Context) error { return some(c.SearchStickers(ctx, w.app, "thumb", "")) },
		"Stickers": func(ctx context.Context) error {
			for pack, err := range c.StickerPacks(ctx, w.app, "") {
				return errors.Join(err, some(c.Stickers(ctx, w.app, pack.ID, "")))
			}
			return errEmpty
		},
	}
}

func (w walker) threads() map[string]func(context.Context) error {
	c := w.client
	return map[string]func(context.Context) error{
		"TakeThreadControl": func(ctx context.Context) error { return c.TakeThreadControl(ctx, walkPage, walkPerson, "") },
		"ExtendThreadControl": func(ctx context.Context) error {
			return errors.Join(c.TakeThreadControl(ctx, walkPage, walkPerson, ""), c.ExtendThreadControl(ctx, walkPage, walkPerson, time.Hour))
		},
		"PassThreadControl": func(ctx context.Context) error {
			return errors.Join(c.PassThreadControl(ctx, walkPage, walkPerson, graph.InboxApp, ""), c.TakeThreadControl(ctx, walkPage, walkPerson, ""))
		},
		"ReleaseThreadControl": func(ctx context.Context) error { return c.ReleaseThreadControl(ctx, walkPage, walkPerson, "") },
		"RequestThreadControl": func(ctx context.Context) error { return c.RequestThreadControl(ctx, walkOther, walkGuest, "") },
		"ThreadOwner": func(ctx context.Context) error {
			if err := c.TakeThreadControl(ctx, walkPage, walkPerson, ""); err != nil {
				return err
			}
			got, err := c.ThreadOwner(ctx, walkPage, walkPerson)
			return given(got.AppID == walkApp, err)
		},
	}
}
