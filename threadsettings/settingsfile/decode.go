package settingsfile

import (
	"fmt"
	"strings"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/datatree"
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
func (r *reading) root(v *datatree.Value) {
	known := append([]string{"$schema"}, properties...)
	if has(v, oldGreeting, oldMenu, oldGetStarted) {
		known = append(known, oldGreeting, oldMenu, oldGetStarted)
	}
	members := r.object(v, "", known, gone)
	for old, name := range map[string]string{oldGreeting: "greeting", oldMenu: "persistent_menu", oldGetStarted: "get_started"} {
		if value := members[old]; value != nil && members[name] != nil {
			r.fail(value.At, old, "is set beside %s, which is the same", name)
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
	s.WhitelistedDomains = r.texts("WhitelistedDomains", 0, members, "whitelisted_domains")
	for _, name := range r.texts("Remove", len(s.Remove), members, "remove") {
		s.Remove = append(s.Remove, threadsettings.Property(name))
	}
}

// textAt reads a text that is a field of the settings.
func (r *reading) textAt(field string, members map[string]*datatree.Value, name string) string {
	if members[name] != nil {
		r.at(field, members[name], name)
	}
	return r.text(members[name], name)
}

// texts reads a list of texts that is a field of the settings, and has so many items already.
func (r *reading) texts(field string, before int, members map[string]*datatree.Value, name string) []string {
	if members[name] == nil {
		return nil
	}
	r.at(field, members[name], name)
	var texts []string
	for i, item := range r.list(members[name], name) {
		path := fmt.Sprintf("%s[%d]", name, i)
		r.at(fmt.Sprintf("%s[%d]", field, before+i), item, path)
		texts = append(texts, r.text(item, path))
	}
	return texts
}

// getStarted reads true, false, a payload, or the platform's object.
func (r *reading) getStarted(members map[string]*datatree.Value, name string) {
	v := members[name]
	if v == nil {
		return
	}
	r.at("GetStarted", v, name)
	r.at("GetStarted.Payload", v, name)
	switch {
	case v.Kind == datatree.Object:
		r.settings.GetStarted = &threadsettings.GetStarted{
			Payload: r.member(r.object(v, name, []string{"payload"}, nil), "GetStarted", "Payload", name, "payload"),
		}
	case v.Kind == datatree.Text && name != oldGetStarted && !looksBoolean(v.Text):
		r.settings.GetStarted = &threadsettings.GetStarted{Payload: v.Text}
	default:
		switch yes, ok := r.boolean(v, name); {
		case yes:
			r.settings.GetStarted = &threadsettings.GetStarted{}
		case ok:
			r.at(fmt.Sprintf("Remove[%d]", len(r.settings.Remove)), v, name)
			r.settings.Remove = append(r.settings.Remove, threadsettings.PropertyGetStarted)
		}
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
func (r *reading) greeting(v *datatree.Value, path string) []threadsettings.Greeting {
	if v.Kind == datatree.Object { // of locales, probably
		r.fail(v.At, path, "is %s, and has to be a text, or a list with a block for each locale, such as {locale: default, text: Hi}", v.Describe())
		return nil
	}
	if v.Kind != datatree.List {
		r.at("Greeting[0].Text", v, path)
		return threadsettings.GreetingOf(r.text(v, path))
	}
	var greetings []threadsettings.Greeting
	for i, item := range r.list(v, path) {
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
func (r *reading) member(members map[string]*datatree.Value, field, name, path, key string) string {
	if v := members[key]; v != nil {
		r.at(field+"."+name, v, path+"."+key)
	}
	return r.text(members[key], path+"."+key)
}

// block is the content of one locale.
type block struct {
	locale, field, path string
	items               []*datatree.Value
	members             map[string]*datatree.Value
}

// blocks reads a list of items for all locales, or a list with a block for each locale, whose items have a name.
func (r *reading) blocks(v *datatree.Value, field, path, itemsName string, further ...string) []block {
	if v.Kind == datatree.Object { // of locales, probably
		r.fail(v.At, path, "is %s, and has to be a list: of items, or with a block for each locale, such as {locale: default, %s: [...]}", v.Describe(), itemsName)
		return nil
	}
	items := r.list(v, path)
	inBlocks := len(items) > 0 && has(items[0], append(further, itemsName, "locale")...) && !has(items[0], "title", "question", "name")
	if !inBlocks {
		r.at(field+"[0]", v, path)
		r.at(field+"[0].Items", v, path)
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
func (r *reading) item(b block, i int, known []string, gone map[string]string) (members map[string]*datatree.Value, field, path string) {
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

// readBlocks reads the blocks of a property whose items have texts only.
func readBlocks[Block, Item any](
	r *reading, v *datatree.Value, field, path, itemsName string, known []string,
	item func(text func(name, key string) string) Item, block func(locale string, items []Item) Block,
) []Block {
	var found []Block
	for _, b := range r.blocks(v, field, path, itemsName) {
		var items []Item
		for i := range b.items {
			members, field, path := r.item(b, i, known, nil)
			items = append(items, item(func(name, key string) string { return r.member(members, field, name, path, key) }))
		}
		found = append(found, block(orDefault(b.locale), items))
	}
	return found
}

func (r *reading) iceBreakers(v *datatree.Value, path string) []threadsettings.IceBreakers {
	return readBlocks(r, v, "IceBreakers", path, "call_to_actions", []string{"question", "payload"},
		func(text func(name, key string) string) threadsettings.IceBreaker {
			return threadsettings.IceBreaker{Payload: text("Payload", "payload"), Question: text("Question", "question")}
		},
		func(locale string, items []threadsettings.IceBreaker) threadsettings.IceBreakers {
			return threadsettings.IceBreakers{Items: items, Locale: locale}
		})
}

func (r *reading) commands(v *datatree.Value, path string) []threadsettings.Commands {
	return readBlocks(r, v, "Commands", path, "commands", []string{"name", "description"},
		func(text func(name, key string) string) threadsettings.Command {
			return threadsettings.Command{Description: text("Description", "description"), Name: text("Name", "name")}
		},
		func(locale string, items []threadsettings.Command) threadsettings.Commands {
			return threadsettings.Commands{Items: items, Locale: locale}
		})
}

func (r *reading) menus(v *datatree.Value, path string) []threadsettings.Menu {
	var found []threadsettings.Menu
	for _, b := range r.blocks(v, "PersistentMenu", path, "call_to_actions", "composer_input_disabled", "disabled_surfaces") {
		one := threadsettings.Menu{Locale: orDefault(b.locale)}
		if flag := b.members["composer_input_disabled"]; flag != nil {
			at := strings.TrimSuffix(b.path, ".call_to_actions") + ".composer_input_disabled"
			r.at(b.field+".ComposerInputDisabled", flag, at)
			one.ComposerInputDisabled, _ = r.boolean(flag, at)
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
	extensions, _ := r.boolean(members["messenger_extensions"], path+".messenger_extensions")
	item := threadsettings.MenuItem{
		FallbackURL:         r.member(members, field, "FallbackURL", path, "fallback_url"),
		MessengerExtensions: extensions,
		Payload:             r.member(members, field, "Payload", path, "payload"),
		Title:               r.member(members, field, "Title", path, "title"),
		URL:                 r.member(members, field, "URL", path, "url"),
		WebviewHeightRatio:  r.member(members, field, "WebviewHeightRatio", path, "webview_height_ratio"),
	}
	of := members["type"]
	switch name := r.text(of, path+".type"); {
	case name == "nested":
		r.fail(of.At, path+".type", "%s", noNestedMenus)
	case of == nil, name == "postback" && item.URL == "", name == "web_url" && item.URL != "":
	case name == "postback":
		r.fail(of.At, path+".type", "is postback, and the item has a url")
	case name == "web_url":
		r.fail(of.At, path+".type", "is web_url, and the item has no url")
	default:
		r.fail(of.At, path+".type", "is %s%s", datatree.Quoted(name), nearestField(name, []string{"postback", "web_url"}))
	}
	return item
}
