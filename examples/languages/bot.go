package main

import (
	"context"
	"embed"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/i18n/catalogfile"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

// What the quick replies carry.
var (
	askParcels   = payload.New[payload.None]("parcels.count")
	askQueue     = payload.New[payload.None]("parcels.queue")
	askOrder     = payload.New[payload.None]("parcels.order")
	askNeighbour = payload.New[payload.None]("parcels.neighbour")
)

// offer names keys: their texts are in the catalogues, in English too.
var offer = sending.QuickReplies{Text: "offer"}.
	WithReply("offer.parcels", askParcels.MustEncode(payload.None{})).
	WithReply("offer.queue", askQueue.MustEncode(payload.None{})).
	WithReply("offer.order", askOrder.MustEncode(payload.None{})).
	WithReply("offer.neighbour", askNeighbour.MustEncode(payload.None{})).
	WithReply("offer.language", handling.LanguagePayload())

// policy answers what is tapped. A number that is written shows the forms of a plural, and "language" lists the languages.
func policy(s shop) routing.Policy {
	answer := func(kind payload.Kind[payload.None], say func(ctx context.Context) string) routing.Route {
		return routing.Route{Senders: sending.List(offer), TypedTaps: true, Handler: handling.OnPayload(kind,
			func(ctx context.Context, _ *receiving.Event, _ payload.None, reply *sending.Replier) error {
				return reply.Reply(ctx, sending.Text(say(ctx)))
			})}
	}
	return routing.Policy{
		receiving.TypeDefault: {
			{Handler: handling.UserProfile{}},
			{Handler: handling.Language{}, Final: true},
		},
		receiving.TypeTap: {
			answer(askParcels, s.parcels), answer(askQueue, s.queue), answer(askOrder, s.order), answer(askNeighbour, s.neighbour),
		},
		receiving.TypeSimpleText: {
			{
				Handler: handling.SimpleText{Pattern: `(?P<count>\d{1,3})`},
				Senders: sending.List(sending.SimpleMessage{Text: "parcels"}, offer),
			},
			{
				Handler: handling.Dummy{}, Otherwise: true,
				Senders: sending.List(sending.SimpleMessage{Text: "welcome"}, offer),
			},
		},
	}
}

//go:embed locales/*.yaml
var locales embed.FS

func catalog() (*i18n.Catalog, error) { return i18n.Load(locales, "locales", catalogfile.YAML()) }
