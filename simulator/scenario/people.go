package scenario

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/djmessenger/messenger/internal/simclient"
	"github.com/djmessenger/messenger/simulator"
)

// actor is a person of the scenario.
type actor struct {
	simulator.Person

	after   string // the mid of the last message that a step has taken
	written string // the mid of what the person wrote last
	reacted string // the mid of what they reacted to last
	calls   int    // the number in the log up to which refused calls and typing are taken
}

// populate adds everyone who takes part.
func (p *play) populate(ctx context.Context) error {
	for _, name := range slices.Sorted(maps.Keys(p.s.people)) {
		if err := p.add(ctx, name, &step{line: p.s.people[name].line, name: "people", value: &value{}}); err != nil {
			return err
		}
	}
	for _, one := range p.s.steps {
		for _, name := range one.names() {
			if err := p.add(ctx, name, one); err != nil {
				return err
			}
		}
	}
	return nil
}

// names are the people whom a step names: who does it, whom it is about, and whose id it uses.
func (s *step) names() []string {
	names := slices.Clone(s.mentions)
	if s.who != "" {
		names = append(names, s.who)
	}
	if of := s.value.string("of"); of != "" && slices.Contains([]string{"control", "calls", "callbacks"}, s.name) {
		names = append(names, strings.ToLower(of))
	}
	return names
}

// add adds a person whom a step names, unless they are there: as the scenario says, and like the simulator's own one of that name.
func (p *play) add(ctx context.Context, name string, by *step) error {
	if p.people[name] != nil {
		return nil
	}
	person, misfit := p.personNamed(name, p.s.people[name])
	if misfit != nil {
		misfit.step = by
		return misfit
	}
	if p.s.IsTranscript() {
		person = recordedPerson(p.s.people[name].person)
	}
	a := &actor{Person: person, calls: p.seq}
	if person.ID == "" || !slices.ContainsFunc(p.known, func(k simulator.Person) bool { return k.ID == person.ID }) {
		err := p.c.Do(ctx, http.MethodPost, "/simulator/people", person, &a.Person)
		if refused, ok := errors.AsType[*simclient.RefusedError](err); ok {
			return &failure{lines: []string{refused.Error()}, step: by}
		}
		if err != nil {
			return err
		}
	}
	p.people[name] = a
	p.order = append(p.order, a)
	p.vars[name] = a.ID
	return nil
}

// personNamed is who takes part under a name; own is what the scenario says of them.
func (p *play) personNamed(name string, own declared) (simulator.Person, *failure) {
	misfit := func(format string, args ...any) *failure {
		return &failure{lines: []string{fmt.Sprintf(format, args...)}}
	}
	said := fieldsOf(own.person)
	maps.DeleteFunc(said, func(_ string, value any) bool { return value == "" })
	if i := slices.IndexFunc(p.known, func(k simulator.Person) bool { return k.ID == own.person.ID }); i >= 0 {
		there := fieldsOf(p.known[i])
		for _, field := range slices.Sorted(maps.Keys(said)) {
			if said[field] != there[field] {
				return simulator.Person{}, misfit("person %s is there already, with the %s %s, not %s; give %s another id, or leave the %s out",
					own.person.ID, field, describe(there[field]), describe(said[field]), name, field)
			}
		}
		return p.known[i], nil
	}
	person := simulator.Person{FirstName: titled(name), Locale: "en_US"}
	i := slices.IndexFunc(p.known, func(k simulator.Person) bool { return strings.EqualFold(k.FirstName, name) })
	switch {
	case i >= 0:
		person = p.known[i]
		person.ID = ""
	case own.line == 0:
		var names []string
		for _, k := range p.known {
			names = append(names, strings.ToLower(k.FirstName))
		}
		return person, misfit("there is no person %s%s; the simulator has %s, and people of the scenario adds others",
			name, nearestHint(name, names), strings.Join(names, ", "))
	}
	if err := json.Unmarshal(must(json.Marshal(said)), &person); err != nil {
		return person, misfit("%v", err)
	}
	return person, nil
}

// titled is a name with a capital.
func titled(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[size:]
}

// recordedPerson is who takes part in a transcript: the one of the recording, by an id of the simulator's if the recording has none.
func recordedPerson(recorded simulator.Person) simulator.Person {
	if recorded.ID == "{{person}}" {
		recorded.ID = ""
	}
	return recorded
}
