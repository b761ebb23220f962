package settingsfile

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/threadsettings"
)

// The settings of djmessenger.
const (
	oldGreeting   = "DJM_THREAD_GREETINGS_TEXT"
	oldMenu       = "DJM_THREAD_PERSISTENT_MENUS"
	oldGetStarted = "DJM_THREAD_ENABLE_GET_STARTED_BUTTON"
)

// properties are the fields of a file. Those of djmessenger are read too, but not offered.
var properties = []string{
	"platform", "get_started", "greeting", "persistent_menu", "ice_breakers", "commands", "whitelisted_domains", "account_linking_url", "remove",
}

// gone are fields that the platform once had.
var gone = map[string]string{
	"home_url": "the platform has had no home_url since version 7.0", "payment_settings": "the platform has no payment_settings any more",
	"target_audience": "the platform has no target_audience any more",
}

// root reads the whole file.
func (r *reading) root(n *yaml.Node) {
	known := append([]string{"$schema"}, properties...)
	if has(n, oldGreeting, oldMenu, oldGetStarted) {
		known = append(known, oldGreeting, oldMenu, oldGetStarted)
	}
	members := r.object(n, "", known, gone)
	for old, name := range map[string]string{oldGreeting: "greeting", oldMenu: "persistent_menu", oldGetStarted: "get_started"} {
		if value := members[old]; value != nil && members[name] != nil {
			r.fail(value, old, "is set beside %s, which is the same", name)
		}
	}
	s := &r.settings
	s.Platform = graph.Platform(r.textAt("Platform", members, "platform"))
	r.getStarted(members, "get_started")
	r.getStarted(members, oldGetStarted)
	for _, name := range []string{"greeting", oldGreeting} {
		if value := members[name]; value != nil {
			r.at("Greeting", value, name)
			s.Greeting = r.greeting(value, name)
		}
	}
	for _, name := range []string{"persistent_menu", oldMenu} {
		if value := members[name]; value != nil {
			r.at("PersistentMenu", value, name)
			s.PersistentMenu = r.menus(value, name)
		}
	}
	if value := members["ice_breakers"]; value != nil {
		r.at("IceBreakers", value, "ice_breakers")
		s.IceBreakers = r.iceBreakers(value, "ice_breakers")
	}
	if value := members["commands"]; value != nil {
		r.at("Commands", value, "commands")
		s.Commands = r.commands(value, "commands")
	}
	s.AccountLinkingURL = r.textAt("AccountLinkingURL", members, "account_linking_url")
	s.WhitelistedDomains = r.texts("WhitelistedDomains", members, "whitelisted_domains")
	for _, name := range r.texts("Remove", members, "remove") {
		s.Remove = append(s.Remove, threadsettings.Property(name))
	}
}

// textAt reads a text that is a field of the settings.
func (r *reading) textAt(field string, members map[string]*yaml.Node, name string) string {
	if members[name] != nil {
		r.at(field, members[name], name)
	}
	return r.text(members[name], name)
}

// texts reads a list of texts that is a field of the settings.
func (r *reading) texts(field string, members map[string]*yaml.Node, name string) []string {
	if members[name] == nil {
		return nil
	}
	r.at(field, members[name], name)
	var texts []string
	for i, item := range r.list(members[name], name) {
		path := fmt.Sprintf("%s[%d]", name, i)
		r.at(fmt.Sprintf("%s[%d]", field, i), item, path)
		texts = append(texts, r.text(item, path))
	}
	return texts
}

// getStarted reads true, false, a payload, or the platform's object.
func (r *reading) getStarted(members map[string]*yaml.Node, name string) {
	n := members[name]
	if n == nil {
		return
	}
	r.at("GetStarted", n, name)
	r.at("GetStarted.Payload", n, name)
	switch {
	case n.Kind == yaml.MappingNode:
		payload := r.object(n, name, []string{"payload"}, nil)["payload"]
		r.settings.GetStarted = &threadsettings.GetStarted{Payload: r.text(payload, name+".payload")}
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str" && name != oldGetStarted && !looksBoolean(n.Value):
		r.settings.GetStarted = &threadsettings.GetStarted{Payload: n.Value}
	case r.boolean(n, name):
		r.settings.GetStarted = &threadsettings.GetStarted{}
	default:
		r.settings.Remove = append(r.settings.Remove, threadsettings.PropertyGetStarted)
	}
}

// looksBoolean reports whether a text was probably meant to be true or false.
func looksBoolean(text string) bool {
	switch strings.ToLower(text) {
	case "yes", "no", "on", "off", "true", "false", "y", "n":
		return true
	}
	return false
}

// greeting reads a text for all locales, or a block for each.
func (r *reading) greeting(n *yaml.Node, path string) []threadsettings.Greeting {
	if n.Kind != yaml.SequenceNode {
		r.at("Greeting[0].Text", n, path)
		return threadsettings.GreetingOf(r.text(n, path))
	}
	var greetings []threadsettings.Greeting
	for i, item := range r.list(n, path) {
		below, field := fmt.Sprintf("%s[%d]", path, i), fmt.Sprintf("Greeting[%d]", i)
		members := r.object(item, below, []string{"locale", "text"}, nil)
		r.at(field, item, below)
		greetings = append(greetings, threadsettings.Greeting{
			Locale: r.member(members, field, "Locale", below, "locale"), Text: r.member(members, field, "Text", below, "text"),
		})
	}
	return greetings
}

// member reads a text of an object, and remembers where the field is.
func (r *reading) member(members map[string]*yaml.Node, field, name, path, key string) string {
	if n := members[key]; n != nil {
		r.at(field+"."+name, n, path+"."+key)
	}
	return r.text(members[key], path+"."+key)
}

// block is the content of one locale.
type block struct {
	locale, field, path string
	items               []*yaml.Node
	members             map[string]*yaml.Node
}

// blocks reads a list of items for all locales, or a list with a block for each locale, whose items have a name.
func (r *reading) blocks(n *yaml.Node, field, path, itemsName string, further ...string) []block {
	items := r.list(n, path)
	inBlocks := len(items) > 0 && has(items[0], append(further, itemsName, "locale")...) && !has(items[0], "title", "question", "name")
	if !inBlocks {
		r.at(field+"[0]", n, path)
		r.at(field+"[0].Items", n, path)
		return []block{{field: field + "[0]", path: path, items: items}}
	}
	var blocks []block
	for i, item := range items {
		b := block{field: fmt.Sprintf("%s[%d]", field, i), path: fmt.Sprintf("%s[%d]", path, i)}
		b.members = r.object(item, b.path, append([]string{"locale", itemsName}, further...), map[string]string{
			"disabled_surfaces": "the surface that could be disabled, the chat plugin, is gone; leave it out",
		})
		r.at(b.field, item, b.path)
		b.locale = r.member(b.members, b.field, "Locale", b.path, "locale")
		if list := b.members[itemsName]; list != nil {
			b.path += "." + itemsName
			r.at(b.field+".Items", list, b.path)
			b.items = r.list(list, b.path)
		}
		blocks = append(blocks, b)
	}
	return blocks
}

// item returns the members of an item of a block, its field and its path.
func (r *reading) item(b block, i int, known []string, gone map[string]string) (members map[string]*yaml.Node, field, path string) {
	field, path = fmt.Sprintf("%s.Items[%d]", b.field, i), fmt.Sprintf("%s[%d]", b.path, i)
	r.at(field, b.items[i], path)
	return r.object(b.items[i], path, known, gone), field, path
}

func orDefault(locale string) string {
	if locale == "" {
		return threadsettings.DefaultLocale
	}
	return locale
}

func (r *reading) iceBreakers(n *yaml.Node, path string) []threadsettings.IceBreakers {
	var found []threadsettings.IceBreakers
	for _, b := range r.blocks(n, "IceBreakers", path, "call_to_actions") {
		one := threadsettings.IceBreakers{Locale: orDefault(b.locale)}
		for i := range b.items {
			members, field, path := r.item(b, i, []string{"question", "payload"}, nil)
			one.Items = append(one.Items, threadsettings.IceBreaker{
				Payload: r.member(members, field, "Payload", path, "payload"), Question: r.member(members, field, "Question", path, "question"),
			})
		}
		found = append(found, one)
	}
	return found
}

func (r *reading) commands(n *yaml.Node, path string) []threadsettings.Commands {
	var found []threadsettings.Commands
	for _, b := range r.blocks(n, "Commands", path, "commands") {
		one := threadsettings.Commands{Locale: orDefault(b.locale)}
		for i := range b.items {
			members, field, path := r.item(b, i, []string{"name", "description"}, nil)
			one.Items = append(one.Items, threadsettings.Command{
				Description: r.member(members, field, "Description", path, "description"), Name: r.member(members, field, "Name", path, "name"),
			})
		}
		found = append(found, one)
	}
	return found
}

func (r *reading) menus(n *yaml.Node, path string) []threadsettings.Menu {
	var found []threadsettings.Menu
	for _, b := range r.blocks(n, "PersistentMenu", path, "call_to_actions", "composer_input_disabled", "disabled_surfaces") {
		one := threadsettings.Menu{Locale: orDefault(b.locale)}
		if flag := b.members["composer_input_disabled"]; flag != nil {
			at := strings.TrimSuffix(b.path, ".call_to_actions") + ".composer_input_disabled"
			r.at(b.field+".ComposerInputDisabled", flag, at)
			one.ComposerInputDisabled = r.boolean(flag, at)
		}
		for i := range b.items {
			one.Items = append(one.Items, r.menuItem(b, i))
		}
		found = append(found, one)
	}
	return found
}

var noNestedMenus = "the platform has had no menus in menus since August 2022; put the items into the menu itself, of up to 20"

func (r *reading) menuItem(b block, i int) threadsettings.MenuItem {
	known := []string{"type", "title", "payload", "url", "webview_height_ratio", "messenger_extensions", "fallback_url"}
	members, field, path := r.item(b, i, known, map[string]string{"call_to_actions": noNestedMenus})
	item := threadsettings.MenuItem{
		FallbackURL:         r.member(members, field, "FallbackURL", path, "fallback_url"),
		MessengerExtensions: r.boolean(members["messenger_extensions"], path+".messenger_extensions"),
		Payload:             r.member(members, field, "Payload", path, "payload"),
		Title:               r.member(members, field, "Title", path, "title"),
		URL:                 r.member(members, field, "URL", path, "url"),
		WebviewHeightRatio:  r.member(members, field, "WebviewHeightRatio", path, "webview_height_ratio"),
	}
	of := members["type"]
	switch name := r.text(of, path+".type"); {
	case name == "nested":
		r.fail(of, path+".type", "%s", noNestedMenus)
	case of == nil, name == "postback" && item.URL == "", name == "web_url" && item.URL != "":
	case name == "postback":
		r.fail(of, path+".type", "is postback, and the item has a url")
	case name == "web_url":
		r.fail(of, path+".type", "is web_url, and the item has no url")
	default:
		r.fail(of, path+".type", "is %s%s", quoted(name), nearestField(name, []string{"postback", "web_url"}))
	}
	return item
}

// validate gives the mistakes of the settings their places in the file.
func (r *reading) validate() {
	if len(r.mistakes) > 0 {
		return // what could not be read would be called missing
	}
	err := r.settings.Validate()
	if err == nil {
		return
	}
	all := []error{err}
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		all = several.Unwrap()
	}
	for _, err := range all {
		mistake, ok := errors.AsType[*threadsettings.Mistake](err)
		if !ok {
			r.fail(nil, "", "%v", err)
			continue
		}
		where, path := r.locate(mistake.Place)
		r.fail(where, path, "%v", mistake.Err)
	}
}

// locate returns where a field is, or the nearest one above it, with the rest of its name in the file's words.
func (r *reading) locate(field string) (*yaml.Node, string) {
	for above := field; above != ""; {
		if found, ok := r.places[above]; ok {
			return found.node, found.path + inFile(strings.TrimPrefix(field, above))
		}
		above = above[:max(strings.LastIndexAny(above, ".["), 0)]
	}
	return nil, inFile(field)
}

// words are the fields of a file for those of the settings.
var words = strings.NewReplacer(
	"FallbackURL", "fallback_url", "Items", "call_to_actions", "Locale", "locale", "Payload", "payload", "Title", "title", "URL", "url",
	"WebviewHeightRatio", "webview_height_ratio", "Question", "question", "Description", "description", "Name", "name", "Text", "text",
	"ComposerInputDisabled", "composer_input_disabled",
)

func inFile(field string) string { return words.Replace(field) }
