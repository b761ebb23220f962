package graph_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

// Every call that takes a URL refuses one that RFC 3986 forbids, before anything
// is sent.
func TestCallsRefuseURLsThatRFC3986Forbids(t *testing.T) {
	t.Parallel()
	const spaced = "https://a.example/red shoes.png"
	profile := func(name, value string) func(*graph.Client) error {
		return func(c *graph.Client) error {
			return c.SetMessengerProfile(t.Context(), page, "", graph.MessengerProfile{name: json.RawMessage(value)})
		}
	}
	for name, test := range map[string]struct {
		call func(*graph.Client) error
		want string
	}{
		"upload": {func(c *graph.Client) error {
			_, err := c.UploadURL(t.Context(), page, attachment.Image, spaced)
			return err
		}, `upload: the URL has a space; write "%20"`},
		"persona": {func(c *graph.Client) error {
			_, err := c.CreatePersona(t.Context(), page, "Ada", spaced)
			return err
		}, `persona: the picture's URL has a space; write "%20"`},
		"subscription": {func(c *graph.Client) error {
			return c.SubscribeApp(t.Context(), secret.New("1|s"), "1", graph.AppSubscription{
				Object: "page", CallbackURL: spaced, Fields: []string{"messages"}, VerifyToken: secret.New("v"),
			})
		}, `subscription: the callback URL has a space; write "%20"`},
		"subscription over http": {func(c *graph.Client) error {
			return c.SubscribeApp(t.Context(), secret.New("1|s"), "1", graph.AppSubscription{
				Object: "page", CallbackURL: "http://a.example/", Fields: []string{"messages"}, VerifyToken: secret.New("v"),
			})
		}, `subscription: the callback URL is not an absolute https URL`},
		"whitelisted domains": {
			profile("whitelisted_domains", `["https://a.example","https://b .example"]`),
			`messenger profile: whitelisted_domains[1] has a space; write "%20"`,
		},
		"whitelisted domain without a host": {
			profile("whitelisted_domains", `["https://"]`), `messenger profile: whitelisted_domains[0] has no host`,
		},
		"whitelisted domain over http": {
			profile("whitelisted_domains", `["http://a.example"]`), `messenger profile: whitelisted_domains[0] is not an absolute https URL`,
		},
		"account linking": {
			profile("account_linking_url", `"https://a.example/é"`), `messenger profile: account_linking_url has 'é'; write "%C3%A9"`,
		},
		"account linking over http": {
			profile("account_linking_url", `"http://a.example/"`), `messenger profile: account_linking_url is not an absolute https URL`,
		},
		"home": {
			profile("home_url", `{"url":"https://a.example/%zz","webview_height_ratio":"tall"}`), `home_url.url has a '%' without two`,
		},
		"menu": {
			profile("persistent_menu", `[{"locale":"default","call_to_actions":[{"type":"web_url","title":"t","url":"https://a.example/{id}"}]}]`),
			`persistent_menu[0].call_to_actions[0].url has '{'; write "%7B"`,
		},
		"menu with a gap, as utility templates have them": {
			profile("persistent_menu", `[{"call_to_actions":[{"url":"https://a.example/{{1}}"}]}]`), `persistent_menu[0].call_to_actions[0].url has '{'`,
		},
		"menu's fallback": {
			profile("persistent_menu", `[{"call_to_actions":[{"url":"https://a.example/","fallback_url":"https://a.example/|"}]}]`),
			`persistent_menu[0].call_to_actions[0].fallback_url has '|'`,
		},
		"menu of a person": {func(c *graph.Client) error {
			return c.SetCustomUserSettings(t.Context(), page, "7", []map[string]any{{
				"locale": "default", "call_to_actions": []map[string]any{{"type": "web_url", "url": spaced, "title": "t"}},
			}})
		}, `custom user settings: the menu[0].call_to_actions[0].url has a space`},
		"private reply": {func(c *graph.Client) error {
			_, err := c.PrivateReply(t.Context(), page, graph.PublicPost{CommentID: "1_2"},
				json.RawMessage(`{"attachment":{"type":"image","payload":{"url":"https://a.example/a b"}}}`))
			return err
		}, `private reply: the message.attachment.payload.url has a space`},
		"utility template": {func(c *graph.Client) error {
			_, err := c.CreateUtilityTemplate(t.Context(), page, graph.NewTemplate{
				Name: "n", Language: "en_US", Components: json.RawMessage(`[{"type":"BUTTONS","buttons":[{"type":"URL","url":"https://a.example/ {{1}}"}]}]`),
			})
			return err
		}, `utility template: components[0].buttons[0].url has a space`},
		"library template": {func(c *graph.Client) error {
			_, err := c.CreateUtilityTemplate(t.Context(), page, graph.NewTemplate{
				Name: "n", Language: "en_US", LibraryName: "l",
				LibraryButtonInputs: json.RawMessage(`[{"type":"URL","url":{"base_url":"https:///{{1}}"}}]`),
			})
			return err
		}, `utility template: library_template_button_inputs[0].url.base_url has no host`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			platform := newPlatform(t, nil)
			err := test.call(platform.client(t))
			require.ErrorContains(t, err, test.want)
			var refused *graph.RequestError
			require.ErrorAs(t, err, &refused)
			require.Empty(t, platform.received(t), "nothing is sent")
		})
	}
}

// The message of a private reply is checked wherever a message has a URL.
func TestPrivateRepliesRefuseURLsThatRFC3986Forbids(t *testing.T) {
	t.Parallel()
	const spaced = `"https://a.example/red shoes.png"`
	template := func(payload string) string { return `{"attachment":{"type":"template","payload":{` + payload + `}}}` }
	for at, message := range map[string]string{
		"attachment.payload.url":                              `{"attachment":{"type":"image","payload":{"url":` + spaced + `}}}`,
		"attachments[0].payload.url":                          `{"attachments":[{"type":"image","payload":{"url":` + spaced + `}}]}`,
		"attachment.payload.buttons[0].url":                   template(`"template_type":"button","buttons":[{"type":"web_url","url":` + spaced + `}]`),
		"attachment.payload.buttons[0].fallback_url":          template(`"template_type":"button","buttons":[{"type":"web_url","fallback_url":` + spaced + `}]`),
		"attachment.payload.elements[0].image_url":            template(`"template_type":"generic","elements":[{"image_url":` + spaced + `}]`),
		"attachment.payload.elements[0].default_action.url":   template(`"template_type":"generic","elements":[{"default_action":{"url":` + spaced + `}}]`),
		"attachment.payload.elements[0].images[0].action.url": template(`"elements":[{"images":[{"action":{"url":` + spaced + `}}]}]`),
		"attachment.payload.order_url":                        template(`"template_type":"receipt","order_url":` + spaced),
		"attachment.payload.coupon_url":                       template(`"template_type":"coupon","coupon_url":` + spaced),
		"attachment.payload.business_privacy.url":             template(`"template_type":"customer_feedback","business_privacy":{"url":` + spaced + `}`),
		"quick_replies[0].image_url":                          `{"text":"t","quick_replies":[{"content_type":"text","image_url":` + spaced + `}]}`,
	} {
		platform := newPlatform(t, nil)
		_, err := platform.client(t).PrivateReply(t.Context(), page, graph.PublicPost{CommentID: "1_2"}, json.RawMessage(message))
		require.ErrorContains(t, err, "private reply: the message."+at+` has a space; write "%20"`, at)
		require.Empty(t, platform.received(t), "nothing is sent")
	}
}

func TestCallsTakeURLsThatAreRight(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, answering(200, `{"result":"success"}`))
	client := platform.client(t)
	require.NoError(t, client.SetMessengerProfile(t.Context(), page, "", graph.MessengerProfile{
		"account_linking_url": json.RawMessage(`"https://a.example/link?x=1"`),
		"persistent_menu":     json.RawMessage(`[{"call_to_actions":[{"type":"postback","title":"a b é","payload":"{x}"},{"url":"https://a.example","fallback_url":""}]}]`),
		"whitelisted_domains": json.RawMessage(`["https://a.example","https://b.example:8443"]`),
	}))
	platform.only(t)
}
