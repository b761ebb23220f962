package simulator

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Config says who is on the other side of the bot. Its zero value works: only
// a webhook has to be named, here or with [Simulator.SetWebhook], before a
// person can reach a bot.
type Config struct {
	// AnswerTimeout is how long the bot may take to answer a callback before
	// the attempt counts as failed. Default: 5 seconds, the platform's own
	// limit.
	AnswerTimeout time.Duration

	// AppID is the bot's app, whose token calls the Graph API; echoes carry it.
	// Digits only. Default: "1000000000000001".
	AppID string

	// AppSecret signs the callbacks and checks appsecret_proof. Default: [DefaultAppSecret].
	AppSecret string

	// Client posts the callbacks. Redirects are never followed, as the platform
	// follows none. Default: a client of the simulator's own.
	Client *http.Client

	// DefaultApp is the app that has every idle conversation of the page, as Conversation Routing is set up in the page's
	// settings: AppID for the bot's own app, [InboxApp], or another app's id. Only then apps can take a conversation, and
	// messages can hand one over (thread_control); see [OtherApp]. Digits only. Default: none, every app may answer.
	DefaultApp string

	// Fields are the webhook fields the page is subscribed to; acts of other
	// fields happen without a callback. Echoes (message_echoes) and receipts
	// (message_deliveries, message_reads) come only if they are listed.
	// Default: [DefaultFields].
	Fields []string

	// History is how many Graph requests, how many deliveries, and how many
	// messages per person are remembered; older ones are forgotten. Of the feed of a
	// page it is how many posts, comments, their authors, and ids of what was
	// removed or has its private reply. Of the bodies and answers of Graph requests
	// 64 MiB in all are kept. Default: 10000.
	History int

	// Hosts are names that the chat page and its API answer to, without a port,
	// besides localhost, loopback addresses and the address that the server
	// listens on. Requests with another name in their Host header are answered
	// 403: it may be a web site's own name that resolves to this machine (DNS
	// rebinding), and the site would act as any person. Requests across origins
	// are refused as well. Bots may call the Graph API also by any address, by
	// names without a dot or below .internal, .test, .example and .invalid, which no
	// web site has, and by the platform's own: graph.facebook.com, graph.instagram.com and
	// graph-video.facebook.com. Default: none.
	Hosts []string

	// Lenient answers every Graph call that the simulator does not know with {"success":true} and a warning, instead of an
	// error: for a bot that also calls what has nothing to do with messages. [Page.Lenient] does it for one page. Default:
	// false.
	Lenient bool

	// Logger logs failed deliveries and refused calls. Default: discards.
	Logger *slog.Logger

	// Now is the clock of messages, callbacks and the 24-hour window. It must be
	// safe for concurrent use and must not call the simulator. Default: time.Now.
	Now func() time.Time

	// PageID is the page the bot speaks for. Digits only. Default:
	// "100000000000001".
	PageID string

	// PageName is shown in the chat page. Default: "Simulated Page".
	PageName string

	// PageToken is the access token the bot must present. Default:
	// "simulator-page-token".
	PageToken string

	// Pages are further pages of the bot. Default: none, there is the one of PageID.
	Pages []Page

	// People may write to the pages from the start; missing ids are drawn. Default:
	// [DefaultPeople].
	People []Person

	// ProfileCalls is how many calls of the Messenger Profile API a page may make in 10 minutes, reads too; more are refused
	// with 613. Negative: as many as they like. Default: [DefaultProfileCalls].
	ProfileCalls int

	// RequireProof refuses Graph calls without appsecret_proof, like the app
	// setting "Require App Secret". A proof that is sent is always checked. Default:
	// false.
	RequireProof bool

	// RetryPauses are the waits before a failed callback is posted again; their
	// number is the number of retries, at most 100. An empty, non-nil slice means no
	// retry. Default: 200 ms, 1 s, 5 s.
	RetryPauses []time.Duration

	// Seed decides the ids that are drawn: the same acts in the same order give the same ids. A bot that remembers message
	// ids takes those of a second run with one seed for repetitions. Default: 0, ids are random.
	Seed uint64

	// Strangers lets the page write to people who have never written through
	// the simulator, also under unknown ids, so that the answers to callbacks
	// posted by hand arrive; an unknown id becomes a person when the page first
	// writes to it. Default: false, they are refused as the platform refuses
	// them.
	Strangers bool

	// VerifyToken is what [Simulator.Verify] presents. Default: [DefaultVerifyToken].
	VerifyToken string

	// WebhookURL is where callbacks are posted: an absolute http or https URL.
	// Default: none, callbacks fail until [Simulator.SetWebhook] names one.
	WebhookURL string
}

// Defaults of [Config] that a bot must know. They are public.
const (
	DefaultAppSecret   = "simulator-app-secret" //nolint:gosec // see above
	DefaultVerifyToken = "simulator-verify-token"
)

// DefaultProfileCalls is the platform's own limit, for [Config.ProfileCalls].
const DefaultProfileCalls = maxCalls

// AllFields returns every webhook field that a page can be subscribed to.
func AllFields() []string { return slices.Clone(subscribable) }

// AllInstagramFields returns every webhook field that an Instagram account can be subscribed to.
func AllInstagramFields() []string { return fieldsOfInstagram(true) }

// DefaultFields returns the webhook fields a page is subscribed to when
// [Config.Fields] is nil: every act of a person, neither echoes nor receipts.
func DefaultFields() []string {
	return []string{
		"messages", "messaging_postbacks", "messaging_optins", "messaging_referrals",
		"message_reactions", "message_edits", "messaging_account_linking", "feed",
	}
}

// DefaultInstagramFields returns the webhook fields an Instagram account is
// subscribed to when [Page.Fields] is nil: every act of a person. Echoes are
// among the messages.
func DefaultInstagramFields() []string {
	return []string{"messages", "messaging_postbacks", "messaging_referral", "message_reactions", "message_edit", "comments"}
}

// subscribable are the webhook fields a page can subscribe to, see
// https://developers.facebook.com/docs/graph-api/reference/page/subscribed_apps.
var subscribable = strings.Fields(`messages message_echoes message_deliveries message_reads message_reactions
	message_edits message_context message_mention messaging_postbacks messaging_optins messaging_optouts
	messaging_referrals messaging_handovers standby messaging_account_linking messaging_fblogin_account_linking
	messaging_policy_enforcement messaging_game_plays messaging_customer_information messaging_feedback
	messaging_in_thread_lead_form_submit messaging_integrity business_integrity response_feedback send_cart
	group_feed inbox_labels message_template_status_update calls call_permission_reply call_settings_update
	marketing_message_echoes marketing_message_deliveries marketing_message_reads marketing_message_clicks
	marketing_message_delivery_failed marketing_messages_subscriber_upload_status messaging_direct_sends
	messaging_appointments messaging_pre_checkouts messaging_checkout_updates messaging_payments feed
	conversations leadgen mention live_videos videos`)

// instagramFields are the webhook fields an Instagram account can subscribe to.
// Documentation has two spellings of some.
var instagramFields = strings.Fields(`messages message_reactions message_edit messaging_postbacks messaging_seen
	messaging_referral messaging_referrals messaging_handover messaging_handovers standby comments live_comments mentions`)

// fieldsOfInstagram are the webhook fields of an Instagram account. That of an Instagram Login has echoes in a field of
// their own; others get them among the messages.
func fieldsOfInstagram(ownLogin bool) []string {
	fields := slices.Clone(instagramFields)
	if ownLogin {
		fields = append(fields, "message_echoes")
	}
	return fields
}

func (c Config) withDefaults() Config {
	set := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	set(&c.AppID, "1000000000000001")
	set(&c.AppSecret, DefaultAppSecret)
	set(&c.PageID, "100000000000001")
	set(&c.PageName, "Simulated Page")
	set(&c.PageToken, "simulator-page-token")
	set(&c.VerifyToken, DefaultVerifyToken)
	if c.AnswerTimeout == 0 {
		c.AnswerTimeout = 5 * time.Second
	}
	if c.History == 0 {
		c.History = 10000
	}
	if c.ProfileCalls == 0 {
		c.ProfileCalls = DefaultProfileCalls
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.RetryPauses == nil {
		c.RetryPauses = []time.Duration{200 * time.Millisecond, time.Second, 5 * time.Second}
	}
	if c.Fields == nil {
		c.Fields = DefaultFields()
	}
	if c.People == nil {
		c.People = DefaultPeople()
	}
	c.Fields = slices.Clone(c.Fields)
	c.Hosts = slices.Clone(c.Hosts)
	c.Pages = slices.Clone(c.Pages)
	c.People = slices.Clone(c.People)
	c.RetryPauses = slices.Clone(c.RetryPauses)
	return c
}

// validate names every field that cannot work, all of them together.
func (c Config) validate() error {
	var errs []error
	bad := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("simulator: Config."+format, args...))
	}
	if c.AnswerTimeout < 0 {
		bad("AnswerTimeout must not be negative")
	}
	if !digits(c.AppID) {
		bad("AppID must be digits, got %q", c.AppID)
	}
	if !digits(c.PageID) {
		bad("PageID must be digits, got %q", c.PageID)
	}
	if c.DefaultApp != "" && !digits(c.DefaultApp) {
		bad("DefaultApp must be digits, got %q", c.DefaultApp)
	}
	if c.History < 0 {
		bad("History must not be negative")
	}
	for _, host := range c.Hosts {
		if host == "" || strings.ContainsAny(host, "/@* ") {
			bad("Hosts: %q is not the name of a host", host)
		}
	}
	if len(c.RetryPauses) > 100 {
		bad("RetryPauses has %d entries, at most 100", len(c.RetryPauses))
	}
	for _, field := range c.Fields {
		if !slices.Contains(subscribable, field) {
			bad("Fields: %q is no webhook field of a page", field)
		}
	}
	if c.WebhookURL != "" {
		if err := checkURL(c.WebhookURL); err != nil {
			bad("WebhookURL: %w", err)
		}
	}
	return errors.Join(errs...)
}

// digits reports whether s is an id as the platform draws them: 1 to 20 digits.
func digits(s string) bool {
	if s == "" || len(s) > 20 {
		return false
	}
	return strings.Trim(s, "0123456789") == ""
}
