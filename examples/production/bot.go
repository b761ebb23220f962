package main

import (
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing"
	"github.com/djmessenger/messenger/sending"
)

// policy is what the bot does. Routes have names of their own, which dead
// letters keep when the policy changes.
func policy() routing.Policy {
	return routing.Policy{
		receiving.TypeDefault: {
			{Name: "record", Handler: handling.SaveMessage{}},
			{Name: "profile", Handler: handling.UserProfile{}},
		},
		receiving.TypeSimpleText: {
			{
				Name:    "greet",
				Handler: handling.SimpleText{Pattern: `(?i)(hi|hello)\W*`},
				Senders: sending.List(sending.SimpleMessage{Text: "Hello, %{first_name|there}!"}),
			},
			{Name: "default", Handler: handling.Dummy{}, Senders: sending.List(sending.Default{}), Otherwise: true},
		},
	}
}
