package scenario

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/djmessenger/messenger/internal/nearest"
	"github.com/djmessenger/messenger/simulator"
)

// DefaultPatience is how long a step waits for what it expects.
const DefaultPatience = 10 * time.Second

// MaxPatience is the longest that a step can wait.
const MaxPatience = 5 * time.Minute

// Scenario is one document of a file.
type Scenario struct {
	// Name is its own, or that of the file without ending.
	Name string
	// File and Line say where it begins.
	File string
	Line int
	// Steps is how many it has.
	Steps int

	patience time.Duration
	pages    []*value
	people   map[string]declared // by their names in lower case
	fields   []string
	clock    *value
	vars     map[string]string
	steps    []*step

	recording *recording // a transcript; nil: it is a scenario
}

// IsTranscript reports that it is a transcript: a recording of a conversation, which is played again and compared.
func (s *Scenario) IsTranscript() bool { return s.recording != nil }

// declared is what a scenario says of a person, and where.
type declared struct {
	person simulator.Person
	line   int
}

// step is one line of a scenario.
type step struct {
	line   int
	who    string // in lower case; empty: a step of the platform
	verb   verb
	name   string // of the verb
	value  *value
	within time.Duration // 0: the scenario's patience
	end    time.Time     // while it is played: until when it waits for the bot
	keep   string

	mentions []string // people of the simulator whose ids the value refers to
}

// title is how failures name a step.
func (s *step) title() string {
	if s.name == verbAgent {
		return verbAgent + " " + s.who
	}
	return strings.TrimSpace(s.who + " " + s.name)
}

// ReadFile reads the scenarios of a file, or a transcript, which is played as one scenario. All mistakes are reported together; each
// is a [MistakeError].
func ReadFile(path string) ([]*Scenario, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, MaxTranscript+1))
	if err != nil {
		return nil, err
	}
	return Read(path, data)
}

// Read reads scenarios in YAML, of which JSON is a part, or a transcript. name is that of the file, for messages.
func Read(name string, data []byte) ([]*Scenario, error) {
	r := &reader{file: name}
	var all []*Scenario
	if isTranscript(data) {
		one := r.transcript(data)
		if err := r.wrong(); err != nil {
			return nil, err
		}
		return []*Scenario{one}, nil
	}
	steps := 0
	for _, document := range r.documents(data) {
		if s := r.scenario(document); s != nil {
			all = append(all, s)
			steps += s.Steps
		}
	}
	if len(r.mistakes) == 0 && len(all) == 0 {
		r.fail(0, "has no scenario")
	}
	if steps > maxSteps {
		r.fail(0, "has more than %d steps", maxSteps)
	}
	if err := r.wrong(); err != nil {
		return nil, err
	}
	return all, nil
}

// wrong are the mistakes, the first hundred of them.
func (r *reader) wrong() error { return errors.Join(r.mistakes[:min(len(r.mistakes), 100)]...) }

var scenarioKeys = []string{"scenario", "pages", "people", "fields", "clock", "patience", "vars", "steps"}

func (r *reader) scenario(v *value) *Scenario {
	if v.kind != object {
		r.fail(v.line, "a scenario is an object with the keys %s, not %s", strings.Join(scenarioKeys, ", "), kindNames[v.kind])
		return nil
	}
	r.keys(v, "a scenario", scenarioKeys)
	s := &Scenario{
		Name: r.string(v, "scenario"), File: r.file, Line: v.line, patience: DefaultPatience, clock: v.get("clock"),
		people: map[string]declared{}, vars: map[string]string{},
	}
	if s.Name == "" {
		s.Name = strings.TrimSuffix(filepath.Base(r.file), filepath.Ext(r.file))
	}
	if d := r.duration(v, "patience"); d > 0 {
		s.patience = d
	}
	r.people(s, v.get("people"))
	r.vars(s, v.get("vars"))
	r.pages(s, v)
	steps := v.get("steps")
	if steps == nil || steps.kind != list || len(steps.items) == 0 {
		r.fail(v.line, "the scenario %q has no steps", s.Name)
		return nil
	}
	for _, item := range steps.items {
		if one := r.step(item); one != nil {
			s.steps = append(s.steps, one)
		}
	}
	s.Steps = len(s.steps)
	r.checkNames(s)
	return s
}

// pages reads what a scenario says of pages.
func (r *reader) pages(s *Scenario, v *value) {
	if pages := v.get("pages"); pages != nil {
		if pages.kind != list {
			r.fail(pages.line, "pages is a list of pages, as POST /simulator/pages takes them")
		}
		s.pages = pages.items
	}
	if fields := v.get("fields"); fields != nil {
		if fields.kind != list {
			r.fail(fields.line, "fields is a list of webhook fields")
		}
		for _, f := range fields.items {
			if !slices.Contains(simulator.AllFields(), f.text) {
				r.fail(f.line, "%q is no webhook field of a page%s", f.text, nearestHint(f.text, simulator.AllFields()))
			}
			s.fields = append(s.fields, f.text)
		}
	}
	if s.clock != nil && s.clock.kind == object {
		r.keys(s.clock, "clock", clockKeys)
	}
}

func (r *reader) people(s *Scenario, v *value) {
	if v == nil || v.kind == null {
		return
	}
	if v.kind != object {
		r.fail(v.line, "people is an object: the name of each with what is known of them, such as bo: {locale: de_DE}")
		return
	}
	for _, m := range v.members {
		if !personName.MatchString(m.name) {
			r.fail(m.line, "%q is no name for a person: it is one word", m.name)
			continue
		}
		var person simulator.Person
		switch m.value.kind {
		case null:
		case object:
			r.keys(m.value, "a person", personKeys)
			data, err := json.Marshal(m.value)
			if err == nil {
				err = json.Unmarshal(data, &person)
			}
			if err != nil {
				r.fail(m.line, "%s: texts such as ids have to be in quotation marks (%v)", m.name, strings.TrimPrefix(err.Error(), "json: "))
			}
		default:
			r.fail(m.line, "what is known of %s is an object, not %s", m.name, kindNames[m.value.kind])
		}
		s.people[strings.ToLower(m.name)] = declared{person, m.line}
	}
}

var (
	personName = regexp.MustCompile(`^[^\s{}]+$`)
	varName    = regexp.MustCompile(`^[\pL_][\pL\pN_-]*$`)
	personKeys = []string{"id", "page_id", "first_name", "last_name", "locale", "username", "timezone", "gender", "profile_pic", "email", "phone"}
	clockKeys  = []string{"advance", "now", "frozen"}
)

func (r *reader) vars(s *Scenario, v *value) {
	if v == nil || v.kind == null {
		return
	}
	if v.kind != object {
		r.fail(v.line, "vars is an object of texts")
		return
	}
	for _, m := range v.members {
		if !varName.MatchString(m.name) || !m.value.scalar() {
			r.fail(m.line, "the variable %q has to have a name of letters, digits and _, and a text", m.name)
		}
		s.vars[m.name] = m.value.text
	}
}

// string reads a text below a key.
func (r *reader) string(v *value, name string) string {
	inner := v.get(name)
	if inner == nil || inner.kind == null {
		return ""
	}
	if !inner.scalar() {
		r.fail(inner.line, "%s is a text, not %s", name, kindNames[inner.kind])
	}
	return inner.text
}

// duration reads a time below a key.
func (r *reader) duration(v *value, name string) time.Duration {
	inner := v.get(name)
	if inner == nil {
		return 0
	}
	d, err := time.ParseDuration(inner.text)
	if err != nil || d <= 0 || d > MaxPatience {
		r.fail(inner.line, "%s is a time up to %v, such as 500ms, 10s or 2m, not %v", name, MaxPatience, inner)
		return 0
	}
	return d
}

// keys refuses keys that an object does not have.
func (r *reader) keys(v *value, what string, known []string) {
	for _, m := range v.members {
		if !slices.Contains(known, m.name) {
			r.fail(m.line, "%s has no %q%s; there are %s", what, m.name, nearestHint(m.name, known), strings.Join(known, ", "))
		}
	}
}

func nearestHint(name string, known []string) string {
	if near := nearest.Name(name, known); near != "" {
		return "; the nearest is " + near
	}
	return ""
}

// step reads one step: its verb with a value, and what may stand beside it.
func (r *reader) step(v *value) *step {
	if v.kind != object {
		if v.kind != text {
			r.fail(v.line, "a step is who does what, such as - ada says: hi")
			return nil
		}
		v = &value{line: v.line, kind: object, members: []member{{v.text, v.line, &value{line: v.line}}}} // without a value and its colon
	}
	s := &step{line: v.line}
	var found []member
	for _, m := range v.members {
		switch m.name {
		case "within":
			s.within = r.duration(v, "within")
		case "keep":
			s.keep = r.string(v, "keep")
			if !varName.MatchString(s.keep) {
				r.fail(m.line, "%q is no name to keep something under", s.keep)
			}
		default:
			found = append(found, m)
		}
	}
	switch {
	case len(found) == 0:
		r.fail(v.line, "the step does nothing: within and keep stand beside a verb")
		return nil
	case len(found) > 1:
		r.fail(found[1].line, "the step has %q beside %q: a step is one of them, with within and keep at most", found[1].name, found[0].name)
		return nil
	}
	s.line, s.value = found[0].line, found[0].value
	if !r.verbOf(s, found[0].name) {
		return nil
	}
	s.verb.check(r, s)
	r.checkCompared(s)
	if s.keep != "" && !slices.Contains(keepers, s.name) {
		r.fail(v.get("keep").line, "%s has no id to keep; keep stands beside %s", s.title(), strings.Join(keepers, ", "))
	}
	return s
}

// verbOf finds what a step does.
func (r *reader) verbOf(s *step, key string) bool {
	key = strings.Join(strings.Fields(key), " ")
	if who, ok := strings.CutPrefix(key, verbAgent+" "); ok {
		s.who, s.name, s.verb = strings.ToLower(who), verbAgent, agentVerb
		return true
	}
	if v, ok := platformVerbs[key]; ok {
		s.name, s.verb = key, v
		return true
	}
	who, name, _ := strings.Cut(key, " ")
	if v, ok := personVerbs[name]; ok {
		s.who, s.name, s.verb = strings.ToLower(who), name, v
		return true
	}
	ofPeople, ofPlatform := slices.Sorted(maps.Keys(personVerbs)), slices.Sorted(maps.Keys(platformVerbs))
	hint := nearestHint(name, ofPeople)
	if name == "" || hint == "" {
		hint = nearestHint(key, append(ofPlatform, verbAgent))
	}
	if hint == "" {
		hint = "; people " + strings.Join(ofPeople, ", ") + "; and there are " + strings.Join(append(ofPlatform, verbAgent+" WHO"), ", ")
	}
	r.fail(s.line, "there is no verb %q%s", key, hint)
	return false
}
