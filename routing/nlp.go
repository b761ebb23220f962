package routing

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
)

// DefaultConfidence is how certain the platform must be of an intent, an entity or a
// trait, if the condition does not say.
const DefaultConfidence = 0.8

// Intent is met by messages in which the platform's natural language processing has
// found an intent; see [receiving.Message.ReadNLP]. The page has to turn that on
// (graph.Client.SetNLP), and intents are those of a Wit app of its own.
type Intent struct {
	// Name is the intent's name. Required.
	Name string
	// Confidence is how certain the platform must be, from 0 to 1. Default:
	// [DefaultConfidence].
	Confidence float64
}

// Match reports whether the message has the intent.
func (c Intent) Match(_ context.Context, ev *receiving.Event) bool {
	for _, i := range nlpOf(ev).Intents {
		if i.Name == bare(c.Name) && i.Confidence >= least(c.Confidence) {
			return true
		}
	}
	return false
}

// Handles reports the types of messages that can have a text.
func (Intent) Handles(t receiving.Type) bool { return handling.TextBase{}.Handles(t) }

// Validate reports a missing name and a confidence that is none.
func (c Intent) Validate() error { return checkNLP(c.Name, c.Confidence) }

func (c Intent) String() string { return nlpText("Intent", c.Name, "", c.Confidence) }

// Trait is met by messages of which the platform's natural language processing says a
// trait, such as "greetings" or "sentiment"; see [receiving.Message.ReadNLP]. The page
// has to turn that on (graph.Client.SetNLP).
type Trait struct {
	// Name is the trait's name, with "wit$" in front or without. Required.
	Name string
	// Value is the trait's value, such as "positive". Default: every value but
	// "false".
	Value string
	// Confidence is how certain the platform must be, from 0 to 1. Default:
	// [DefaultConfidence].
	Confidence float64
}

// Match reports whether the message has the trait.
func (c Trait) Match(_ context.Context, ev *receiving.Event) bool {
	for _, t := range nlpOf(ev).Traits[bare(c.Name)] {
		if t.Confidence >= least(c.Confidence) && (t.Value == c.Value || c.Value == "" && t.Value != "false") {
			return true
		}
	}
	return false
}

// Handles reports the types of messages that can have a text.
func (Trait) Handles(t receiving.Type) bool { return handling.TextBase{}.Handles(t) }

// Validate reports a missing name and a confidence that is none.
func (c Trait) Validate() error { return checkNLP(c.Name, c.Confidence) }

func (c Trait) String() string { return nlpText("Trait", c.Name, c.Value, c.Confidence) }

// Entity is met by messages in which the platform's natural language processing has
// found an entity, such as "datetime:datetime"; see [receiving.Message.ReadNLP]. What
// the person wrote for it is a value of the route's senders, by the entity's role.
type Entity struct {
	// Name is the entity's name and role, as in "datetime:datetime"; or its name, for
	// every role. "wit$" may stand in front. Required.
	Name string
	// Confidence is how certain the platform must be, from 0 to 1. Default:
	// [DefaultConfidence].
	Confidence float64
}

func (c Entity) find(ev *receiving.Event) map[string]string {
	var found map[string]string
	all := nlpOf(ev).Entities
	for _, key := range slices.Sorted(maps.Keys(all)) {
		name, role, _ := strings.Cut(key, ":")
		if key != bare(c.Name) && name != bare(c.Name) {
			continue
		}
		for _, e := range all[key] {
			if e.Confidence < least(c.Confidence) {
				continue
			}
			if found == nil {
				found = map[string]string{}
			}
			if role == "" {
				role = name
			}
			if _, taken := found[role]; !taken {
				found[role] = e.Body
			}
		}
	}
	return found
}

// Match reports whether the message has the entity.
func (c Entity) Match(_ context.Context, ev *receiving.Event) bool { return c.find(ev) != nil }

// Values returns what the person wrote for the entity, by its role.
func (c Entity) Values(_ context.Context, ev *receiving.Event) map[string]string { return c.find(ev) }

// Handles reports the types of messages that can have a text.
func (Entity) Handles(t receiving.Type) bool { return handling.TextBase{}.Handles(t) }

// Validate reports a missing name and a confidence that is none.
func (c Entity) Validate() error { return checkNLP(c.Name, c.Confidence) }

func (c Entity) String() string { return nlpText("Entity", c.Name, "", c.Confidence) }

// nlpOf reads what is known of a message of the person; nothing of other events.
func nlpOf(ev *receiving.Event) receiving.NLP {
	m, ok := ev.Payload.(*receiving.Message)
	if !ok || m.IsEcho || len(m.NLP)+len(m.NLPV2) == 0 {
		return receiving.NLP{}
	}
	return m.ReadNLP()
}

func bare(name string) string { return strings.TrimPrefix(name, "wit$") }

func least(confidence float64) float64 {
	if confidence == 0 {
		return DefaultConfidence
	}
	return confidence
}

func checkNLP(name string, confidence float64) error {
	var errs []error
	if bare(name) == "" {
		errs = append(errs, errors.New("routing: Name is missing"))
	}
	if !(confidence >= 0 && confidence <= 1) {
		errs = append(errs, fmt.Errorf("routing: a Confidence of %v is not between 0 and 1", confidence))
	}
	return errors.Join(errs...)
}

func nlpText(what, name, value string, confidence float64) string {
	if value != "" {
		name += " " + value
	}
	return fmt.Sprintf("%s from %v", strings.TrimSpace(what+" "+name), least(confidence))
}
