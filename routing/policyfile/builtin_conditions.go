package policyfile

import (
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
)

type payloadArgs struct {
	Kinds []string `doc:"The names of payload kinds, or payloads that are plain texts." required:"true"`
}

type refArgs struct {
	Is      string `doc:"The whole ref."`
	Prefix  string `doc:"What the ref begins with."`
	Pattern string `doc:"A regular expression in RE2 syntax that the whole ref must match."`
}

type localeArgs struct {
	Locales []string `doc:"Languages or locales, such as de, de_AT or zh_Hant." required:"true"`
}

type pageArgs struct {
	Pages []string `doc:"The ids of pages or Instagram accounts." required:"true"`
}

type typesArgs struct {
	Types []receiving.Type `doc:"Receiving types; TAP stands for every tap." required:"true"`
}

type nlpArgs struct {
	Name       string  `doc:"The name of the intent or entity."                       required:"true"`
	Confidence float64 `doc:"How certain the platform must be, 0 to 1. Default: 0.8."`
}

type traitArgs struct {
	Name       string  `doc:"The trait, such as sentiment."                           required:"true"`
	Value      string  `doc:"Its value, such as positive. Default: all but false."`
	Confidence float64 `doc:"How certain the platform must be, 0 to 1. Default: 0.8."`
}

// conditionOf registers a condition that is made of its arguments, and that says which
// they were.
func conditionOf[C routing.Condition, A any](r *Registry, name, doc, argument string, build func(A) C, args func(C) (A, bool)) {
	Condition(r, name, func(a A) (routing.Condition, error) {
		c := build(a)
		err := validated(c)
		if argument != "" {
			err = ArgError(argument, err)
		}
		return c, err
	}, Doc(doc), Dump(args))
}

func addConditions(r *Registry) {
	conditionOf(r, "Text", "Is met by texts that match a pattern. The senders find its named groups as values.", "pattern",
		func(a textArgs) routing.Text { return routing.Text{Pattern: a.Pattern, Exact: a.Exact} },
		func(c routing.Text) (textArgs, bool) { return textArgs{c.Pattern, c.Exact}, c.Matcher == nil })
	conditionOf(r, "Payload", "Is met by taps whose payload is of one of the kinds.", "kinds",
		func(a payloadArgs) routing.Payload { return routing.Payload{Names: a.Kinds} },
		func(c routing.Payload) (payloadArgs, bool) { return payloadArgs{c.Names}, len(c.Kinds) == 0 })
	conditionOf(r, "Ref", "Is met by events of a person who came through a link or an ad with such a ref.", "",
		func(a refArgs) routing.Ref { return routing.Ref(a) },
		func(c routing.Ref) (refArgs, bool) { return refArgs(c), true })
	conditionOf(r, "Locale", "Is met by events of a person whose language is one of those.", "locales",
		func(a localeArgs) routing.Locale { return a.Locales },
		func(c routing.Locale) (localeArgs, bool) { return localeArgs{c}, true })
	conditionOf(r, "Page", "Is met by events of one of the pages.", "pages",
		func(a pageArgs) routing.Page { return a.Pages },
		func(c routing.Page) (pageArgs, bool) { return pageArgs{c}, true })
	conditionOf(r, "Types", "Is met by events of one of the types, for routes under DEFAULT and TAP.", "types",
		func(a typesArgs) routing.Types { return a.Types },
		func(c routing.Types) (typesArgs, bool) { return typesArgs{c}, true })
	conditionOf(r, "Intent", "Is met by messages in which the platform has found an intent.", "",
		func(a nlpArgs) routing.Intent { return routing.Intent(a) },
		func(c routing.Intent) (nlpArgs, bool) { return nlpArgs(c), true })
	conditionOf(r, "Entity", "Is met by messages in which the platform has found an entity.", "",
		func(a nlpArgs) routing.Entity { return routing.Entity(a) },
		func(c routing.Entity) (nlpArgs, bool) { return nlpArgs(c), true })
	conditionOf(r, "Trait", "Is met by messages of which the platform says a trait.", "",
		func(a traitArgs) routing.Trait { return routing.Trait(a) },
		func(c routing.Trait) (traitArgs, bool) { return traitArgs(c), true })
}
