package messengertest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/simulator"
)

// Person adds someone who can write to the page. The locale is in the
// platform's form, such as "zh_TW"; empty means that it is not known.
func (c *Chat) Person(firstName, locale string) *Person {
	c.t.Helper()
	return c.PersonOn(PageID, firstName, locale)
}

// PersonOn is [Chat.Person] of another page than [PageID].
func (c *Chat) PersonOn(pageID, firstName, locale string) *Person {
	c.t.Helper()
	p, err := c.AddPerson(simulator.Person{FirstName: firstName, Locale: locale, PageID: pageID})
	if err != nil {
		c.t.Fatalf("messengertest: %v", err)
	}
	return c.As(p.ID)
}

// As returns a person who exists on the platform, by their PSID: one of
// simulator.DefaultPeople, or of the people that StartOn was given. Earlier
// messages of the page count as not seen. An id that the platform does not know
// fails the test, which then lists those that it knows.
func (c *Chat) As(psid string) *Person {
	c.t.Helper()
	if _, known := c.find(psid); !known {
		c.t.Fatalf("messengertest: there is no person %s on the platform; known are:\n%s", psid, c.known())
	}
	return &Person{ID: psid, chat: c, t: c.t, seen: map[string]bool{}, refused: map[int]bool{}}
}

// find returns a person of the platform.
func (c *Chat) find(psid string) (simulator.Person, bool) {
	people := c.People()
	i := slices.IndexFunc(people, func(p simulator.Person) bool { return p.ID == psid })
	if i < 0 {
		return simulator.Person{}, false
	}
	return people[i], true
}

// known lists the people of the platform.
func (c *Chat) known() string {
	var lines []string
	for _, p := range c.People() {
		lines = append(lines, "  "+nameOf(p))
	}
	if len(lines) == 0 {
		return "  no one"
	}
	return strings.Join(lines, "\n")
}

// nameOf names a person of the platform.
func nameOf(p simulator.Person) string {
	return fmt.Sprintf("%s (%s on page %s)", cmp.Or(strings.TrimSpace(p.FirstName+" "+p.LastName), "without a name"), p.ID, p.PageID)
}
