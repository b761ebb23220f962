package policyfile

import (
	"time"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/routing"
)

type noArgs struct{}

type textArgs struct {
	Pattern string `doc:"A regular expression in RE2 syntax that the whole text must match. Default: every text."`
	Exact   bool   `doc:"White space at the ends of a text has to match too."`
}

type languageArgs struct {
	Command string `doc:"What people write to choose a language: alternatives with a bar between them. Default: language."`
}

type userProfileArgs struct {
	Fields       []string      `doc:"The fields to ask for. Default: those that most apps may read."`
	PSIDOnly     bool          `doc:"Keep the person without asking for the profile."                             json:"psid_only"`
	RefreshAfter time.Duration `doc:"The age at which a profile is asked for again. Default: 7 days."`
	Wait         time.Duration `doc:"How long a new person's first turn waits at most. Default and maximum: 1 s."`
}

func addHandlers(r *Registry) {
	handlerOf[handling.SaveMessage](r, "SaveMessage", "Keeps every event, with its type and body.")
	handlerOf[handling.ThumbUp](r, "ThumbUp", "Counts the thumbs that a person sends.")
	handlerOf[handling.Location](r, "Location", "Keeps the places that a person sends.")
	handlerOf[routing.ThumbImage](r, "ThumbImage", "Answers a thumb with the image of the built-in policy.")
	handlerOf[handling.Dummy](r, "Dummy", "Does nothing, for routes that only answer.")
	Handler(r, "Language", func(a languageArgs) (handling.Handler, error) {
		h := handling.Language(a)
		return h, ArgError("command", h.Validate())
	}, Doc("Lets people choose the language in which the bot speaks to them."),
		Dump(func(h handling.Language) (languageArgs, bool) { return languageArgs(h), true }))
	Handler(r, "UserProfile", func(a userProfileArgs) (handling.Handler, error) {
		h := handling.UserProfile(a)
		return h, h.Validate()
	}, Doc("Keeps what the platform says about a person: name, picture, locale, time zone."),
		Dump(func(h handling.UserProfile) (userProfileArgs, bool) { return userProfileArgs(h), true }))
	Handler(r, "SimpleText", func(a textArgs) (handling.Handler, error) {
		h := handling.SimpleText{Pattern: a.Pattern, Exact: a.Exact}
		return h, ArgError("pattern", h.Validate())
	}, Doc("Handles texts that match a pattern. The senders find its named groups as values."),
		Dump(func(h handling.SimpleText) (textArgs, bool) {
			return textArgs{Pattern: h.Pattern, Exact: h.Exact}, h.Matcher == nil
		}))
}
