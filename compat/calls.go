package main

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// call is one thing that clients can do, by the same name in each of clients/*.cjs.
type call struct {
	name, title string
	group       string
	// sees is what Ada must see if the call succeeds.
	sees func(message) bool
	// says is what the caller must get.
	says *regexp.Regexp
	// has is what the platform must have afterwards.
	has func(context.Context, *platform) error
	// keep is the argument of later calls that the id in the answer is.
	keep string
}

// calls in the order in which they are made; later ones use what earlier ones made.
var calls = []call{
	{name: "text", title: "text", group: "send", sees: text("Hello from a foreign client")},
	{name: "quick_replies", title: "quick replies", group: "send", sees: func(m message) bool {
		return m.Text == "Which colour?" && len(m.QuickReplies) == 2 && m.QuickReplies[0].Title == "Red" && m.QuickReplies[1].Title == "Blue"
	}},
	{name: "image", title: "image by URL", group: "send", sees: media("image", "https://shop.example.com/lamp.png")},
	{name: "audio", title: "audio by URL", group: "send", sees: media("audio", "https://shop.example.com/lamp.mp3")},
	{name: "video", title: "video by URL", group: "send", sees: media("video", "https://shop.example.com/lamp.mp4")},
	{name: "file", title: "file by URL", group: "send", sees: media("file", "https://shop.example.com/lamp.pdf")},
	{name: "image_from_disk", title: "image from disk", group: "send", sees: media("image", "/simulator/files/")},
	{name: "upload_disk", title: "upload from disk", group: "upload", keep: "attachment"},
	{name: "upload_url", title: "upload by URL", group: "upload", keep: "attachment"},
	{name: "image_by_id", title: "image by attachment id", group: "send", sees: media("image", "https://shop.example.com/lamp.png")},
	{name: "generic_template", title: "generic template", group: "send", sees: template("generic", `"title":"Lamp"`, `"payload":"BUY"`)},
	{name: "button_template", title: "button template", group: "send", sees: template("button", "Which colour?", `"title":"Open"`)},
	{name: "receipt_template", title: "receipt template", group: "send", sees: template("receipt", "4711")},
	{name: "media_template", title: "media template", group: "send", sees: template("media", `"attachment_id"`)},
	{name: "product_template", title: "product template", group: "send", sees: template("product", "4711")},
	{name: "one_time_request", title: "one-time notification request", group: "send", sees: template("one_time_notif_req")},
	{name: "list_template", title: "list template (removed)", group: "send", sees: template("list")},
	{name: "airline_template", title: "airline template (removed)", group: "send", sees: template("airline_update")},
	{name: "typing_on", title: "typing on", group: "send"},
	{name: "typing_off", title: "typing off", group: "send"},
	{name: "mark_seen", title: "mark seen", group: "send"},
	{name: "react", title: "reaction", group: "send"},
	{name: "human_agent_tag", title: "message tag HUMAN_AGENT", group: "send", sees: text("Hello from a foreign client")},
	{name: "batch", title: "batch of two texts", group: "send", sees: text("two")},
	{name: "persona_create", title: "create", group: "persona", keep: "persona"},
	{name: "persona_send", title: "send as persona", group: "persona", sees: func(m message) bool { return m.Persona != nil && m.Persona.Name == "Eve" }},
	{name: "persona_read", title: "read", group: "persona", says: regexp.MustCompile(`Eve`)},
	{name: "persona_list", title: "list", group: "persona", says: regexp.MustCompile(`Eve`)},
	{name: "persona_delete", title: "delete", group: "persona"},
	{name: "profile", title: "of a person", group: "profile", says: regexp.MustCompile(`Ada`)},
	{name: "page", title: "of the page", group: "profile", says: regexp.MustCompile(`Shop`)},
	{name: "get_started", title: "get_started", group: "settings", has: property("get_started", "START")},
	{name: "greeting", title: "greeting", group: "settings", has: property("greeting", "Welcome")},
	{name: "menu", title: "persistent_menu", group: "settings", has: property("persistent_menu", "ORDERS")},
	{name: "ice_breakers", title: "ice_breakers, one list", group: "settings", has: property("ice_breakers", "WHERE")},
	{name: "ice_breakers_by_locale", title: "ice_breakers, by locale", group: "settings", has: property("ice_breakers", "WHERE", "default")},
	{name: "domains", title: "whitelisted_domains", group: "settings", has: property("whitelisted_domains", "shop.example.com")},
	{name: "account_linking_url", title: "account_linking_url", group: "settings", has: property("account_linking_url", "shop.example.com/login")},
	{name: "home_url", title: "home_url (removed)", group: "settings"},
	{name: "settings_read", title: "read", group: "settings", says: regexp.MustCompile(`START`)},
	{name: "settings_read_default", title: "read, the client's own list", group: "settings"},
	{name: "person_menu", title: "menu of one person: set", group: "settings"},
	{name: "person_menu_read", title: "menu of one person: read", group: "settings", says: regexp.MustCompile(`ORDERS`)},
	{name: "person_menu_delete", title: "menu of one person: delete", group: "settings"},
	{name: "settings_delete", title: "delete", group: "settings", has: noProperty("persistent_menu")},
	{name: "label_create", title: "create", group: "label", keep: "label"},
	{name: "label_set", title: "set", group: "label"},
	{name: "label_of_person", title: "list of a person", group: "label", says: regexp.MustCompile(`"id":`)},
	{name: "label_list", title: "list", group: "label", says: regexp.MustCompile(`vip`)},
	{name: "label_unset", title: "unset", group: "label"},
	{name: "label_delete", title: "delete", group: "label"},
	{name: "thread_pass", title: "pass to the inbox", group: "thread"},
	{name: "thread_owner", title: "owner", group: "thread", says: regexp.MustCompile(`263902037430900`)},
	{name: "thread_request", title: "request, by the default app", group: "thread"},
	{name: "thread_take", title: "take", group: "thread"},
	{name: "secondary_receivers", title: "secondary receivers", group: "thread"},
	{name: "conversations", title: "conversations", group: "other", says: regexp.MustCompile(`t_`)},
	{name: "messages", title: "messages of a conversation", group: "other", says: regexp.MustCompile(`Hello from a foreign client`)},
	{name: "insights", title: "insights", group: "other"},
	{name: "nlp", title: "NLP settings", group: "other"},
	{name: "debug_token", title: "debug_token", group: "other", says: regexp.MustCompile(appID)},
	{name: "subscriptions", title: "subscriptions of the app", group: "other"},
	{name: "subscribe_page", title: "subscribe the app to the page", group: "other"},
	{name: "feature_review", title: "messaging feature review", group: "other"},
	{name: "ids_for_apps", title: "ids for apps", group: "other"},
	{name: "ids_for_pages", title: "ids for pages", group: "other", says: regexp.MustCompile(psid)},
	{name: "messenger_code", title: "messenger code (removed)", group: "other"},
	{name: "post", title: "post of the page", group: "other"},
	{name: "spam", title: "move to spam", group: "other"},
}

// groups of calls with their titles, in the order of the columns.
var groups = []struct{ name, title string }{
	{"send", "Send"},
	{"upload", "Upload"},
	{"profile", "Profile"},
	{"settings", "Thread settings"},
	{"persona", "Personas"},
	{"label", "Labels"},
	{"thread", "Thread control"},
	{"other", "Other calls"},
}

func text(want string) func(message) bool {
	return func(m message) bool { return m.Text == want }
}

func media(kind, url string) func(message) bool {
	return func(m message) bool {
		return len(m.Attachments) == 1 && m.Attachments[0].Type == kind && strings.Contains(m.Attachments[0].URL, url)
	}
}

func template(kind string, has ...string) func(message) bool {
	return func(m message) bool {
		if len(m.Attachments) != 1 || m.Attachments[0].Template == nil || m.Attachments[0].Template.Type != kind {
			return false
		}
		return !slices.ContainsFunc(has, func(part string) bool { return !strings.Contains(string(m.whole), part) })
	}
}

// property is a property of the Messenger Profile as the platform has it.
func property(name string, has ...string) func(context.Context, *platform) error {
	return func(ctx context.Context, p *platform) error {
		got, err := p.property(ctx, name)
		if err != nil {
			return err
		}
		for _, part := range has {
			if !strings.Contains(got, part) {
				return fmt.Errorf("the platform has %s, without %q", got, part)
			}
		}
		return nil
	}
}

func noProperty(name string) func(context.Context, *platform) error {
	return func(ctx context.Context, p *platform) error {
		got, err := p.property(ctx, name)
		if err == nil && strings.Contains(got, name) {
			err = fmt.Errorf("the platform still has %s", got)
		}
		return err
	}
}
