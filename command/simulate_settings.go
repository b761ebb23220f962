package command

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/djmessenger/messenger/simulator"
)

// beginsWithHTTP reports whether a webhook has a scheme that the platform can call; none is for the chat page to ask for.
func beginsWithHTTP(webhook string) bool {
	lower := strings.ToLower(webhook)
	return webhook == "" || strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://")
}

// names are those of the people that --people draws by number.
var names = []string{"Ada", "Bo", "Chen", "Dina", "Emre", "Fatou", "Goran", "Hana", "Ivo", "Juno"}

const maxPeople = 1000

// peopleOf reads --people: a number, names with locales, or a file. None is nil, for the simulator's own.
func peopleOf(config Config, flag string) ([]simulator.Person, error) {
	if flag == "" {
		return nil, nil
	}
	if path, ok := strings.CutPrefix(flag, "@"); ok {
		return peopleIn(config, path)
	}
	if n, err := strconv.Atoi(flag); err == nil {
		if n < 1 || n > maxPeople {
			return nil, fmt.Errorf("from 1 to %d people, not %d", maxPeople, n)
		}
		var people []simulator.Person
		for i := range n {
			person := simulator.Person{FirstName: names[i%len(names)], Locale: "en_US"}
			if i >= len(names) {
				person.LastName = strconv.Itoa(i/len(names) + 1)
			}
			people = append(people, person)
		}
		return people, nil
	}
	var people []simulator.Person
	for one := range strings.SplitSeq(flag, ",") {
		name, locale, found := strings.Cut(strings.TrimSpace(one), ":")
		if name == "" {
			return nil, errors.New("a name is empty")
		}
		if !found {
			locale = "en_US"
		}
		people = append(people, simulator.Person{FirstName: name, Locale: locale})
	}
	return people, nil
}

// peopleFileMost is how large a file of people may be.
const peopleFileMost = 4 << 20

// peopleIn reads a JSON list of people from a file.
func peopleIn(config Config, path string) ([]simulator.Person, error) {
	data, err := content(config, path, peopleFileMost)
	if err != nil {
		return nil, err
	}
	if len(data) > peopleFileMost {
		return nil, fmt.Errorf("%s is larger than %d MiB", path, peopleFileMost>>20)
	}
	var people []simulator.Person
	if err := json.Unmarshal(data, &people); err != nil {
		return nil, fmt.Errorf("%s is no JSON list of people: %w", path, err)
	}
	if len(people) == 0 {
		return nil, fmt.Errorf("%s has no people", path)
	}
	return people, nil
}

// export is a line of what a bot needs in its environment.
type export struct {
	name, value string
	own         bool // it is the user's own, and is not shown
}

// exportsOf lists what the bot needs of its page, besides the address of the Graph API. A value of the environment is not
// shown: it may be a real secret. The id of an app is none.
func exportsOf(config Config, page simulator.Page) []export {
	list := []export{
		{envAppSecret, simulator.DefaultAppSecret, false}, {envVerifyToken, simulator.DefaultVerifyToken, false},
		{envPageToken, page.Token, false}, {envPageID, page.ID, false},
	}
	public := []string{simulator.DefaultAppSecret, simulator.DefaultVerifyToken, defaultPage().Token, defaultPage().ID}
	for i, e := range list {
		list[i].own = config.Env(e.name) != "" && config.Env(e.name) != public[i]
	}
	// A page of --pages may have a token and an app of its own. What the simulator makes up is public.
	list[0].own = list[0].own || page.AppID != cmp.Or(config.Env(envAppID), defaultPage().AppID)
	list[2].own = list[2].own || !strings.HasPrefix(page.Token, defaultPage().Token)
	return append(list, export{envAppID, page.AppID, false})
}

// defaultPage is that of a simulator that takes nothing from the environment.
func defaultPage() simulator.Page {
	return simulator.Page{ID: "100000000000001", Token: "simulator-page-token", AppID: "1000000000000001"}
}
