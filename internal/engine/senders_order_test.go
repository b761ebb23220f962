package engine_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/internal/bubble"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/simulator"
)

// everySender has each of the built-in senders, and the adapters.
func everySender() []sending.Sender {
	const url = "https://shop.example/a"
	return []sending.Sender{
		sending.SimpleMessage{Text: "simple"},
		sending.Default{},
		sending.Text("message"),
		sending.Func(func(context.Context, *receiving.Event) ([]sending.Message, error) {
			return []sending.Message{sending.Text("func 1"), sending.Text("func 2")}, nil
		}),
		sending.LongText{Text: strings.Repeat("Words of a long text. ", 200)},
		sending.QuickReplies{Text: "size?"}.WithReply("Small", "s"),
		sending.Buttons{Text: "buy?"}.WithPostback("Yes", "y"),
		sending.Multimedia{Type: attachment.Image, URL: url + ".png"},
		sending.Multimedia{Type: attachment.Video, URL: url + ".mp4"},
		sending.Multimedia{Type: attachment.File, URL: url + ".pdf"},
		sending.Multimedia{Type: attachment.Audio, AttachmentID: "77"}, // uploaded before
		sending.Images{}.WithURLs(url+"1.png", url+"2.png"),
		sending.Sticker{ID: sending.StickerLike},
		sending.SenderAction{Action: sending.MarkSeen},
		sending.Typing{Senders: sending.List(sending.Text("typed 1"), sending.LongText{Text: strings.Repeat("Typed as well. ", 200)})},
		sending.GenericTemplate{}.WithElements(sending.Element{Title: "card", Subtitle: "of cotton"}),
		sending.MediaTemplate{}.WithUploaded(attachment.Video, "78").WithPostback("More", "more"),
		sending.ProductTemplate{}.WithProducts("79"),
		sending.CouponTemplate{Title: "off"}.WithCode("CODE", "revealed"),
		sending.ReceiptTemplate{RecipientName: "Ada"}.WithOrder("1", "EUR", "Visa").
			WithElements(sending.ReceiptElement{Title: "Shirt", Price: sending.Cents(1)}).
			WithSummary(sending.ReceiptSummary{TotalCost: sending.Cents(1)}),
		sending.CustomerFeedbackTemplate{Title: "how?", ButtonTitle: "Rate"}.
			WithQuestion(sending.FeedbackQuestion{ID: "q", Type: sending.FeedbackCSAT}).WithPrivacy(url),
		sending.CustomerInformationTemplate{}.WithCountries("US").WithPrivacy(url),
		sending.ImageGridTemplate{Title: "new"}.WithImages(sending.GridImage{URL: url + "3.png"}.AsHero(), sending.GridImage{URL: url + "4.png"}),
		sending.NotificationMessagesTemplate{Title: "news?", Payload: "news"},
		sending.UtilityTemplate{Name: "shipped", Language: "en_US"},
	}
}

// TestSendersKeepTheirOrder lists all senders in random orders: what the platform takes is what
// they compose one after another, also while sends have to be made again, and the handler's own
// answers come first. After is the exception, since its message holds nothing back.
func TestSendersKeepTheirOrder(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed-", seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 2))
			senders := everySender()
			random.Shuffle(len(senders), func(i, j int) { senders[i], senders[j] = senders[j], senders[i] })
			var want []string
			texts := sending.WithTexts(t.Context(), sending.Texts{Default: "Sorry, I did not understand that."})
			for _, sender := range senders {
				messages, err := sender.Compose(texts, &receiving.Event{Type: receiving.TypeSimpleText, PSID: ada, Payload: &receiving.Message{MID: "m_1"}})
				require.NoError(t, err, "%T", sender)
				for _, m := range messages {
					want = append(want, contentOf(m))
				}
			}
			require.Greater(t, len(want), len(senders))
			want = slices.Concat([]string{"text answer"}, want, []string{"text after"})

			var got []string
			attempts := 0
			cfg := config{
				HTTPClient: &http.Client{Transport: &bubble.Taker{}},
				Policy: routing.Policy{receiving.TypeSimpleText: {{
					Handler: handling.Func(func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
						return reply.Reply(ctx, sending.Text("answer"))
					}),
					Senders: slices.Concat(sending.List(sending.After(time.Hour, sending.Text("after"))), senders),
				}}},
				SendMiddleware: []sending.Middleware{func(next sending.DeliverFunc) sending.DeliverFunc {
					return func(ctx context.Context, d sending.Delivery) (graph.SendResult, error) {
						if attempts++; seed%2 == 1 && attempts%3 == 0 {
							return graph.SendResult{}, errors.Join(graph.ErrRateLimited, errors.New("later"))
						}
						result, err := next(ctx, d)
						if err == nil {
							got = append(got, contentOf(d.Message))
						}
						return result, err
					}
				}},
			}
			inBubble(t, simulator.Config{Strangers: true}, cfg, func(w *world) {
				require.Equal(t, 200, w.Posts(callback(pageID, ada, "m_1", "hi")).Code)
				after(2 * time.Hour)
				require.Empty(t, w.Letters())
			})
			require.Equal(t, want, got)
			require.Equal(t, seed%2 == 1, attempts > len(want), "%d attempts", attempts)
		})
	}
}

// contentOf identifies a message by what a person sees of it.
func contentOf(m sending.Message) string {
	m.Delay, m.Recipient = 0, nil
	if m.SenderAction != "" {
		return string("action " + m.SenderAction)
	}
	if m.Kind() == "text" && len(m.QuickReplies) == 0 {
		return "text " + m.Text
	}
	return fmt.Sprintf("%s %s %+v", m.Kind(), m.Text, m.Attachment)
}
