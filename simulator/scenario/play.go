package scenario

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/djmessenger/messenger/internal/simclient"
	"github.com/djmessenger/messenger/simulator"
)

// Config says against what scenarios are played.
type Config struct {
	// Simulator is one in this process. Default: none, there is the one at URL.
	Simulator http.Handler

	// URL is the address of a running simulator, such as http://localhost:9090. Default: none.
	URL string

	// Patience is how long a transcript waits for each message that was recorded, up to five minutes. Default: [DefaultPatience]. A
	// scenario has its own.
	Patience time.Duration

	// Strict compares the JSON of the calls that a transcript has, also of those that people do not see, such as payloads and sender actions,
	// and the events that the bot got. Default: what people see.
	Strict bool

	// Update writes a transcript that was played again anew into its file, with what the bot says now, instead of comparing. A
	// file stays as it was if the bot does not take a callback, or if the person cannot do what was recorded. Default: nothing is written.
	Update bool

	// Each is called after each scenario, in order. Default: nothing is done.
	Each func(Result)
}

// Result is how one scenario went.
type Result struct {
	Scenario *Scenario
	Duration time.Duration

	// Failure is the step that failed; nil if all passed.
	Failure *Failure

	// Err says why the scenario could not be played to its end: the simulator does not answer, or ctx has ended.
	Err error

	// Updated reports that the file has a new transcript: see [Config].
	Updated bool

	// Conversation is all that was said, for people to read.
	Conversation string
}

// Passed reports whether all is as the scenario says.
func (r Result) Passed() bool { return r.Failure == nil && r.Err == nil }

// Play plays scenarios one after the other and returns how each went, in order, also of those that ctx has kept from being
// played. It is an error if there is no simulator to play against.
//
// Each begins anew: conversations, faults, disorder, the clock and the log are reset, and people are those that the simulator had at
// its start. Its pages, and all that the bot has set up, such as a menu or uploads, stay. People
// of a scenario are new, so that the bot has never met them, except for those of whom it gives the id. What the last scenario has done stays.
func Play(ctx context.Context, config Config, scenarios []*Scenario) ([]Result, error) {
	var c *simclient.Client
	switch {
	case config.Simulator != nil && config.URL != "":
		return nil, errors.New("scenario: Config has a Simulator or a URL, not both")
	case config.Simulator != nil:
		c = simclient.In(config.Simulator)
	case config.URL != "":
		c = simclient.At(config.URL)
	default:
		return nil, errors.New("scenario: Config has neither a Simulator nor a URL")
	}
	if err := c.Get(ctx, "/simulator/", nil, &struct{}{}); err != nil {
		return nil, err
	}
	var results []Result
	if config.Patience < 0 || config.Patience > MaxPatience {
		return nil, fmt.Errorf("scenario: Patience is a time up to %v, not %v", MaxPatience, config.Patience)
	}
	for _, s := range scenarios {
		start := time.Now()
		p := &play{c: c, s: s, config: config, base: c.Base(), people: map[string]*actor{}, vars: maps.Clone(s.vars)}
		result := Result{Scenario: s}
		result.Failure, result.Err = p.run(ctx)
		p.end(ctx)
		result.Updated = p.updated
		result.Duration, result.Conversation = time.Since(start), p.conversations(ctx)
		results = append(results, result)
		if config.Each != nil {
			config.Each(result)
		}
	}
	return results, nil
}

// play is a scenario while it is played.
type play struct {
	c      *simclient.Client
	s      *Scenario
	config Config
	base   string
	page   simulator.Page   // the first one
	pages  []simulator.Page // as they were before
	known  []simulator.Person
	people map[string]*actor // by their names in lower case
	order  []*actor
	vars   map[string]string
	seq    int // of the log when the scenario began

	updated  bool         // the file of the transcript
	expected map[int]bool // refused calls that a step has expected, by their numbers in the log
}

// Failure says what is not as a scenario says.
type Failure struct {
	File string
	Line int
	Step string // who and the verb
	Verb string

	// Differences are lines of what was wanted and what there was, or one line with the reason.
	Differences []string
	// Conversation is what was said to and by the person of the step; of a step of the platform what was said by all.
	Conversation string
	// LastCall is the last call of the bot, and where it is in the log.
	LastCall string
}

// failure is an expectation that is not met.
type failure struct {
	lines []string
	at    string // the mid of the message that does not fit
}

func (f *failure) Error() string { return strings.Join(f.lines, "\n") }

func failed(format string, args ...any) error {
	return &failure{lines: strings.Split(fmt.Sprintf(format, args...), "\n")}
}

// run plays all steps.
func (p *play) run(ctx context.Context) (*Failure, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := p.begin(ctx); err != nil {
		return p.outcome(ctx, &step{line: p.s.Line, name: "begin", value: &value{}}, err)
	}
	if p.s.recording != nil {
		return p.replay(ctx)
	}
	for _, one := range p.s.steps {
		filledIn := *one
		var err error
		filledIn.value, err = one.value.mapped(func(_ int, text string) (string, error) { return filled(text, p.vars) })
		if err == nil {
			err = one.verb.do(ctx, p, &filledIn)
		} else {
			err = failed("%v", err)
		}
		if err != nil {
			return p.outcome(ctx, one, err)
		}
	}
	return nil, nil
}

// outcome says whether an error is a failure of the scenario, or ended it.
func (p *play) outcome(ctx context.Context, s *step, err error) (*Failure, error) {
	if ended := ctx.Err(); ended != nil {
		return nil, ended
	}
	f := &Failure{File: p.s.File, Line: s.line, Step: s.title(), Verb: s.name}
	at := ""
	if wrong, ok := errors.AsType[*failure](err); ok {
		f.Differences, at = wrong.lines, wrong.at
	} else if refused, ok := errors.AsType[*simclient.RefusedError](err); ok {
		f.Differences = append([]string{refused.Error()}, offers(refused)...)
	} else {
		return nil, fmt.Errorf("%s:%d: %s: %w", p.s.File, s.line, s.title(), err)
	}
	if a := p.people[s.who]; a != nil {
		f.Conversation = p.conversation(ctx, a, at)
	} else {
		f.Conversation = p.conversations(ctx)
	}
	f.LastCall = p.lastCall(ctx)
	return f, nil
}

// begin makes the simulator as the scenario begins.
func (p *play) begin(ctx context.Context) error {
	p.expected = map[int]bool{}
	limited, cancel := context.WithTimeout(ctx, max(p.s.patience, DefaultPatience))
	defer cancel()
	if err := p.do(limited, http.MethodPost, "/simulator/reset", map[string][]string{"keep": {simulator.KeepSetup}}); err != nil {
		return err
	}
	var pages []simulator.Page
	if err := p.c.Get(ctx, "/simulator/pages", nil, &pages); err != nil {
		return err
	}
	if len(pages) == 0 {
		return failed("the simulator has no page")
	}
	p.page, p.pages = pages[0], pages
	for _, page := range p.s.pages {
		if err := p.do(ctx, http.MethodPost, "/simulator/pages", page); err != nil {
			return err
		}
	}
	if len(p.s.fields) > 0 {
		if err := p.do(ctx, http.MethodPatch, "/simulator/pages/"+p.page.ID, map[string]any{"fields": p.s.fields}); err != nil {
			return err
		}
	}
	if p.s.clock != nil {
		if err := p.moveClock(ctx, p.s.clock); err != nil {
			return err
		}
	}
	if err := p.c.Get(ctx, "/simulator/people", nil, &p.known); err != nil {
		return err
	}
	entries, err := p.log(ctx, 0, "", "")
	if err != nil {
		return err
	}
	for _, e := range entries {
		p.seq = max(p.seq, e.Seq)
	}
	return p.populate(ctx)
}

// end undoes what the scenario has changed of the pages, whatever ended it.
func (p *play) end(ctx context.Context) {
	changes := len(p.s.fields) > 0 || len(p.s.pages) > 0 || slices.ContainsFunc(p.s.steps, func(s *step) bool { return s.name == "page" })
	if !changes {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), reportTime)
	defer cancel()
	var now []simulator.Page
	_ = p.c.Get(ctx, "/simulator/pages", nil, &now) // a simulator that is gone has nothing to undo
	for _, page := range now {
		where := "/simulator/pages/" + page.ID
		i := slices.IndexFunc(p.pages, func(before simulator.Page) bool { return before.ID == page.ID })
		if i < 0 {
			_ = p.c.Do(ctx, http.MethodDelete, where, nil, nil)
			continue
		}
		before := p.pages[i]
		change := map[string]any{"fields": before.Fields, "lenient": before.Lenient, "usage": ""}
		if before.Token != "" {
			change["token"] = before.Token
		}
		_ = p.c.Do(ctx, http.MethodPatch, where, change, nil)
	}
}

// do is a request to the simulator. One that takes longer than a step may has failed, for the bot is what it waits for.
func (p *play) do(ctx context.Context, method, path string, body any) error {
	err := p.c.Do(ctx, method, path, body, nil)
	if errors.Is(err, context.DeadlineExceeded) {
		return failed("the bot did not answer its callbacks in time, so the simulator could not do it: %s %s", method, path)
	}
	return err
}

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
	names := slices.Sorted(maps.Keys(p.s.people))
	for _, one := range p.s.steps {
		if one.who != "" {
			names = append(names, one.who)
		}
		if of := one.value.string("of"); of != "" && slices.Contains([]string{"control", "calls", "callbacks"}, one.name) {
			names = append(names, strings.ToLower(of))
		}
	}
	for _, name := range names {
		if p.people[name] != nil {
			continue
		}
		if err := p.add(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// add adds a person: as the scenario says, and like the simulator's own one of that name.
func (p *play) add(ctx context.Context, name string) error {
	own, declared := p.s.people[name]
	if p.s.recording != nil {
		return p.introduce(ctx, name, own)
	}
	i := slices.IndexFunc(p.known, func(k simulator.Person) bool { return strings.EqualFold(k.FirstName, name) })
	if !declared && i < 0 {
		var names []string
		for _, k := range p.known {
			names = append(names, strings.ToLower(k.FirstName))
		}
		return failed("nobody is named %s%s; the simulator has %s, and people of the scenario adds others", name, nearestHint(name, names), strings.Join(names, ", "))
	}
	person := simulator.Person{FirstName: titled(name), Locale: "en_US"}
	if i >= 0 {
		person = p.known[i]
		person.ID = ""
	}
	data, err := json.Marshal(own)
	if err != nil {
		return err
	}
	var fields map[string]any
	_ = json.Unmarshal(data, &fields) // it was JSON a moment ago
	for field, value := range fields {
		if value == "" {
			delete(fields, field)
		}
	}
	if data, err = json.Marshal(fields); err != nil {
		return err
	}
	if err := json.Unmarshal(data, &person); err != nil {
		return err
	}
	return p.introduce(ctx, name, person)
}

// introduce lets a person take part, and adds them if they are new.
func (p *play) introduce(ctx context.Context, name string, person simulator.Person) error {
	a := &actor{Person: person, calls: p.seq}
	if a.ID == "{{person}}" {
		a.ID = ""
	}
	if !slices.ContainsFunc(p.known, func(k simulator.Person) bool { return k.ID == cmp.Or(a.ID, "-") }) {
		if err := p.c.Do(ctx, http.MethodPost, "/simulator/people", a.Person, &a.Person); err != nil {
			return err
		}
	}
	p.people[name] = a
	p.order = append(p.order, a)
	p.vars[name] = a.ID
	return nil
}

// titled is a name with a capital.
func titled(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[size:]
}

// patience is how long a step waits.
func (p *play) patience(s *step) time.Duration { return cmp.Or(s.within, p.s.patience) }
