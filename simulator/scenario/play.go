package scenario

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

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

	// GraphURL is where the bot reaches the simulator, for reports of bots that call another Graph API. Default: URL.
	GraphURL string

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
		p := &play{
			c: c, s: s, config: config, base: c.Base(), graph: cmp.Or(config.GraphURL, config.URL), people: map[string]*actor{}, vars: maps.Clone(s.vars),
		}
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
	graph  string           // where the bot reaches it; empty: not known
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

	reason string // in one line, if it is not the first of Differences
}

// failure is an expectation that is not met.
type failure struct {
	lines []string
	at    string // the mid of the message that does not fit
	step  *step  // that is wrong, if it is another one than the one that is played
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
	if err := within(ctx, max(p.s.patience, DefaultPatience), p.begin); err != nil {
		return p.outcome(ctx, &step{line: p.s.Line, name: "begin", value: &value{}}, err)
	}
	if p.s.IsTranscript() {
		return p.replay(ctx)
	}
	for _, one := range p.s.steps {
		if err := p.step(ctx, one); err != nil {
			return p.outcome(ctx, one, err)
		}
	}
	return nil, nil
}

// answerTime is how long the simulator itself may take for a step, beyond the time that the step waits for the bot.
const answerTime = 5 * time.Second

// step plays one step. It ends in time, whatever hangs.
func (p *play) step(ctx context.Context, s *step) error {
	filledIn := *s
	var err error
	filledIn.value, err = s.value.mapped(func(_ int, text string) (string, error) { return filled(text, p.vars) })
	if err != nil {
		return failed("%v", err)
	}
	filledIn.end = time.Now().Add(p.patience(s))
	most := p.patience(s) + answerTime
	if s.name == "sees nothing" {
		quiet, _ := time.ParseDuration(filledIn.value.text) // it was checked
		most += quiet
	}
	return within(ctx, most, func(ctx context.Context) error { return s.verb.do(ctx, p, &filledIn) })
}

// within does something that may not take longer. What takes longer has failed.
func within(ctx context.Context, most time.Duration, do func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	err := do(limited)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return failed("the simulator did not answer within %v", most)
	}
	return err
}

// outcome says whether an error is a failure of the scenario, or ended it.
func (p *play) outcome(ctx context.Context, s *step, err error) (*Failure, error) {
	if ended := ctx.Err(); ended != nil {
		return nil, ended
	}
	at := ""
	wrong, ok := errors.AsType[*failure](err)
	if ok && wrong.step != nil {
		s = wrong.step
	}
	f := &Failure{File: p.s.File, Line: s.line, Step: s.title(), Verb: s.name}
	if ok {
		f.Differences, at = wrong.lines, wrong.at
	} else if refused, ok := errors.AsType[*simclient.RefusedError](err); ok {
		f.Differences = append([]string{refused.Error()}, offers(refused)...)
	} else {
		return nil, fmt.Errorf("%s:%d: %s: %w", p.s.File, s.line, s.title(), err)
	}
	ctx, cancel := context.WithTimeout(ctx, reportTime)
	defer cancel()
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
	if err := p.do(ctx, http.MethodPost, "/simulator/reset", map[string][]string{"keep": {simulator.KeepSetup}}); err != nil {
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

// end undoes what the scenario has changed of the pages, whatever ended it. One that has not begun has changed nothing.
func (p *play) end(ctx context.Context) {
	if p.pages == nil {
		return
	}
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
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return failed("the bot did not answer its callbacks in time, so the simulator could not do it: %s %s", method, path)
	}
	return err
}

// patience is how long a step waits.
func (p *play) patience(s *step) time.Duration { return cmp.Or(s.within, p.s.patience) }
