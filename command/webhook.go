package command

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/graph"
)

// webhook is the commands about the callbacks that a bot gets.
func webhook(config Config) *cli.Command {
	return group(config, &cli.Command{
		Name:  "webhook",
		Usage: "subscribe a bot to the events that its policy handles",
		Commands: []*cli.Command{
			webhookStatus(config),
			webhookSubscribe(config),
			webhookUnsubscribe(config),
			webhookVerifyURL(config),
		},
	})
}

// aboutSubscriptions describes what the commands compare.
const aboutSubscriptions = "The platform sends an event if both the app and the page are subscribed to its webhook field. The fields are those of the\n" +
	"receiving types for which the policy in FILE has routes, or without a file the program's own policy.\n" + whichPage + "\n" +
	"The app's side needs " + envAppID + " and " + envAppSecret + " too."

func accountFlag() cli.Flag { return flagOfAccounts(allAccounts) }

// accountKind reads the flag of [accountFlag].
func accountKind(cmd *cli.Command) (string, error) { return chosenAccount(cmd, allAccounts) }

// subscription is what the platform sends to a bot, and to where.
type subscription struct {
	client *graph.Client
	app    app
	kind   string // of the account

	sent     *graph.AppSubscription // of the app; nil if there is none, or the app is not known
	fields   []string               // of the page
	attached bool                   // the page has the app
}

// appKnown reports whether the app's side can be read and changed here. Apps of Instagram Login are set up in the dashboard.
func (s *subscription) appKnown() bool { return !s.app.token.IsZero() && s.kind != ofInstagramLogin }

// whereApp says where the app's side is, if it is not known here.
func (s *subscription) whereApp() string {
	if s.kind == ofInstagramLogin {
		return "the app's side of Instagram Login is in the App Dashboard"
	}
	return errNoApp().Error()
}

// object is what the app's subscription is about.
func (s *subscription) object() string {
	if s.kind == ofPage {
		return "page"
	}
	return "instagram"
}

// linked reports whether the events are those of a page's Instagram account: they come if the app's fields have them and the
// page is subscribed to any.
func (s *subscription) linked() bool { return s.kind == ofLinkedAccount }

// subscriptionOf reads what the platform sends to the bot of an environment.
func subscriptionOf(ctx context.Context, config Config, env environment, kind string) (*subscription, error) {
	client, err := env.accountClient(config.transport, kind)
	if err != nil {
		return nil, err
	}
	return readSubscription(ctx, client, env.app(), kind)
}

// readSubscription reads what the platform sends to an account's bot.
func readSubscription(ctx context.Context, client *graph.Client, app app, kind string) (*subscription, error) {
	s := &subscription{client: client, app: app, kind: kind}
	if s.appKnown() {
		for found, err := range client.AppSubscriptions(ctx, app.token, app.id) {
			if err != nil {
				return nil, fmt.Errorf("the app's subscriptions cannot be read: %w", ofApp(err))
			}
			if found.Object == s.object() {
				s.sent = &found
			}
		}
	}
	for found, err := range client.Subscriptions(ctx, graph.Me) {
		if err != nil {
			return nil, fmt.Errorf("the page's subscriptions cannot be read: %w", err)
		}
		if app.id == "" || found.ID == app.id {
			s.fields, s.attached = found.Fields, true
		}
	}
	return s, nil
}

// appHas reports whether the app is subscribed to a field.
func (s *subscription) appHas(field string) bool {
	return s.sent != nil && slices.Contains(s.sent.Fields, field)
}

// pageHas reports whether the page is subscribed to a field.
func (s *subscription) pageHas(field string) bool {
	if s.linked() {
		return s.attached
	}
	return slices.Contains(s.fields, field)
}

// arrives reports whether events of a field reach the bot, as far as is known.
func (s *subscription) arrives(field string) bool {
	return s.pageHas(field) && (!s.appKnown() || s.appHas(field))
}

// joined is a list for people.
func joined(names []string) string { return strings.Join(names, ", ") }
