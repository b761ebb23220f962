package scenario

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/djmessenger/messenger/simulator"
)

// verb is what a step can do.
type verb struct {
	check func(r *reader, s *step)
	do    func(ctx context.Context, p *play, s *step) error
}

// verbAgent is the verb of people at work: agent to WHO.
const verbAgent = "agent to"

var agentVerb = verb{checkTexts("text", "by"), doAgent}

// personVerbs are what a person does and sees. The name of the person stands before it.
var personVerbs = map[string]verb{
	"says":            {checkText, actWith(simulator.ActSay, "text")},
	"taps":            {checkTap, doTap},
	"sends":           {checkSend, doSend},
	"reacts":          {checkTexts("emoji", "to"), doReact},
	"unreacts":        {checkOptional("to"), doUnreact},
	"reads":           {checkNothing, actWith(simulator.ActRead, "")},
	"replies":         {checkTexts("text", "to"), doReply},
	"edits":           {checkTexts("text", "to"), doEdit},
	"unsends":         {checkOptional("to"), doUnsend},
	"gets started":    {checkNothing, doStart},
	"opens link":      {checkText, actWith(simulator.ActLink, "ref")},
	"clicks ad":       {checkTexts("ref", "ad_id"), doAd},
	"opts in":         {checkText, actWith(simulator.ActOptIn, "ref")},
	"links account":   {checkText, actWith(simulator.ActAccountLinking, "code")},
	"unlinks account": {checkNothing, actWith(simulator.ActAccountLinking, "")},
	"comments":        {checkText, actWith(simulator.ActComment, "text")},
	"posts":           {checkText, actWith(simulator.ActPost, "text")},
	"blocks":          {checkNothing, doBlock(true)},
	"unblocks":        {checkNothing, doBlock(false)},
	"does":            {checkDoes, doAct},
	"sees":            {checkSees, doSees},
	"sees nothing":    {checkWait, doSeesNothing},
	"sees typing":     {checkNothing, doSeesTyping},
	"is refused":      {checkRefused, doRefused},
}

// platformVerbs change the platform or look at it.
var platformVerbs = map[string]verb{
	"fault":       {checkFault, doFault},
	"clock":       {checkClock, doClock},
	"control":     {checkKeys("of", "is", "do", "by", "to", "metadata"), doControl},
	"disorder":    {checkKeys("duplicate", "reorder", "delay_ms", "batch", "seed", "retries"), doDisorder},
	"page":        {checkKeys("of", "token", "revoked", "fields", "lenient", "usage"), doPage},
	"post":        {checkObject, doPost},
	"send":        {checkGraphCall, doGraphCall},
	"calls":       {checkCalls, doCalls},
	"callbacks":   {checkCallbacks, doCallbacks},
	"no warnings": {checkNothing, doNoWarnings},
	"flush":       {checkNothing, doFlush},
}

// keepers are the verbs with a message, comment or post of which keep keeps the id.
var keepers = []string{verbAgent, "comments", "does", "gets started", "posts", "replies", "says", "sees", "sends", "taps"}

func checkText(r *reader, s *step) {
	if !s.value.scalar() {
		r.fail(s.line, "%s takes a text, not %s; put a text that YAML reads otherwise into quotation marks", s.title(), kindNames[s.value.kind])
	}
}

func checkNothing(r *reader, s *step) {
	if s.value.kind != null {
		r.fail(s.line, "%s takes nothing, not %v", s.title(), s.value)
	}
}

func checkObject(r *reader, s *step) {
	if s.value.kind != object {
		r.fail(s.line, "%s takes an object, not %s", s.title(), kindNames[s.value.kind])
	}
}

// checkKeys asks for an object with some of these keys.
func checkKeys(known ...string) func(*reader, *step) {
	return func(r *reader, s *step) {
		checkObject(r, s)
		r.keys(s.value, s.title(), known)
	}
}

// checkGraphCall refuses a call that the Graph API cannot have.
func checkGraphCall(r *reader, s *step) {
	checkKeys("method", "path", "token", "body", "refused", "answer", "status")(r, s)
	r.checkStatus(s)
	if method := s.value.string("method"); method != "" {
		r.checkCallsTo(s.line, method+" ")
	}
	if path := s.value.string("path"); path != "" && !strings.HasPrefix(path, "/") && !strings.Contains(path, "{{") {
		r.fail(s.line, "the path %q has to begin with /", path)
	}
	if v := s.value.get("refused"); v != nil && v.scalar() && v.kind != number {
		r.fail(v.line, "refused of send is a code, or an object with fields of the error, not %v", v)
	}
}

// checkTexts asks for a text, or for an object of texts of which the first is that text.
func checkTexts(known ...string) func(*reader, *step) {
	return func(r *reader, s *step) {
		if s.value.scalar() {
			return
		}
		if s.value.kind != object || s.value.string(known[0]) == "" {
			r.fail(s.line, "%s takes a text, or an object with %s", s.title(), strings.Join(known, ", "))
			return
		}
		r.keys(s.value, s.title(), known)
		for _, m := range s.value.members {
			if !m.value.scalar() {
				r.fail(m.line, "%s of %s is a text, not %s", m.name, s.title(), kindNames[m.value.kind])
			}
		}
	}
}

// checkOptional asks for nothing, or for an object with one key.
func checkOptional(known string) func(*reader, *step) {
	return func(r *reader, s *step) {
		if s.value.kind != null {
			checkObject(r, s)
			r.keys(s.value, s.title(), []string{known})
		}
	}
}

func checkTap(r *reader, s *step) {
	if s.value.scalar() {
		return
	}
	checkObject(r, s)
	r.keys(s.value, s.title(), []string{"title", "payload", "card", "old"})
	if s.value.string("title") == "" && s.value.string("payload") == "" {
		r.fail(s.line, "%s takes a title or a payload", s.title())
	}
	if c := s.value.get("card"); c != nil && c.kind != number {
		r.fail(c.line, "card is the number of a card, the first is 1, not %v", c)
	}
}

var media = []string{"image", "video", "audio", "file"}

func checkSend(r *reader, s *step) {
	if s.value.scalar() && s.value.text == "thumb" {
		return
	}
	known := append([]string{"sticker", "location"}, media...)
	if s.value.kind != object || len(s.value.members) != 1 {
		r.fail(s.line, "%s takes thumb, or one of %s", s.title(), strings.Join(known, ", "))
		return
	}
	r.keys(s.value, s.title(), known)
	if where := s.value.get("location"); where != nil {
		if where.get("latitude") == nil || where.get("longitude") == nil {
			r.fail(where.line, "a location has a latitude and a longitude")
		}
		r.keys(where, "a location", []string{"latitude", "longitude", "title"})
		return
	}
	for _, m := range s.value.members {
		if !m.value.scalar() {
			r.fail(m.line, "%s is a text, not %s", m.name, kindNames[m.value.kind])
		}
	}
}

func checkDoes(r *reader, s *step) {
	checkObject(r, s)
	if s.value.string("type") == "" {
		r.fail(s.line, "%s takes an act of the simulator's API, with its type", s.title())
	}
}

func checkSees(r *reader, s *step) {
	switch s.value.kind {
	case list, null:
		r.fail(s.line, "%s takes a text, or an object with what the message has; any message is {any: true}", s.title())
	case text, number, boolean, object:
	}
}

func checkWait(r *reader, s *step) {
	if d, err := time.ParseDuration(s.value.text); err != nil || d <= 0 || d > MaxPatience {
		r.fail(s.line, "%s takes a time up to %v, such as 500ms, not %v", s.title(), MaxPatience, s.value)
	}
}

func checkRefused(r *reader, s *step) {
	if s.value.kind == null || s.value.kind == number {
		return
	}
	checkObject(r, s)
}

func checkFault(r *reader, s *step) {
	presets, refusals, codes := simulator.FaultPresets(), []string{}, []string{}
	for _, refusal := range simulator.Refusals() {
		refusals, codes = append(refusals, refusal.Name), append(codes, strconv.Itoa(refusal.Code))
	}
	known := func(name string, names []string, otherwise string) {
		if name != "" && !strings.Contains(name, "{{") && !slices.Contains(names, name) {
			r.fail(s.line, otherwise, name, nearestHint(name, names))
		}
	}
	const noRefusal, noCode = "there is no refusal %q%s; GET /simulator/refusals lists them", "no refusal has the code %s%s; GET /simulator/refusals lists them"
	switch {
	case s.value.kind == number:
		known(s.value.text, codes, noCode)
		return
	case s.value.scalar():
		known(s.value.text, slices.Concat(refusals, presets), noRefusal)
		return
	}
	checkObject(r, s)
	r.keys(s.value, s.title(), []string{"preset", "refusal", "error", "status", "body", "code", "header", "delay", "drop", "effect", "times", "method", "path"})
	known(s.value.string("preset"), presets, "there is no preset %q%s; there are "+strings.Join(presets, ", "))
	known(s.value.string("refusal"), refusals, noRefusal)
	known(s.value.string("code"), codes, noCode)
	if method := s.value.string("method"); method != "" {
		r.checkCallsTo(s.line, method+" ")
	}
	r.checkCallsTo(s.line, s.value.string("path"))
}

func checkClock(r *reader, s *step) {
	if s.value.scalar() {
		if d, err := time.ParseDuration(s.value.text); err != nil || d < 0 {
			r.fail(s.line, "clock takes a time to go on by, such as 25h, or an object with %s, not %v", strings.Join(clockKeys, ", "), s.value)
		}
		return
	}
	checkObject(r, s)
	r.keys(s.value, s.title(), clockKeys)
}
