package engine

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/internal/turnctx"
)

const (
	// fieldRefusedFor is how long a refused profile field is not asked for again.
	fieldRefusedFor = 24 * time.Hour
	// profileRefusedFor is how long a page of which every field was refused is not
	// asked field by field again.
	profileRefusedFor = time.Hour
)

// basicFields are the profile fields that need no permission of their own.
var basicFields = map[string]bool{
	"id": true, "first_name": true, "last_name": true, "name": true, "profile_pic": true, "username": true,
}

// profileFields remembers which profile fields the platform refuses, by page. A
// permission belongs to the app and the page, so one person's refusal holds for
// the next. It is in memory: a restart costs a few calls per page.
type profileFields struct {
	mu    sync.Mutex
	pages map[string]*refusedFields
}

// refusedFields is what one page is refused.
type refusedFields struct {
	fields  map[string]time.Time // until when
	all     time.Time            // until when no field by field attempt is made
	probing chan struct{}        // holds one token; one look-up of a page finds out at a time
}

func newProfileFields() *profileFields {
	return &profileFields{pages: map[string]*refusedFields{}}
}

// allowed returns the fields that are not known to be refused.
func (f *profileFields) allowed(pageID string, fields []string) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	page := f.pages[pageID]
	if page == nil {
		return fields
	}
	now := time.Now()
	maps.DeleteFunc(page.fields, func(_ string, until time.Time) bool { return !now.Before(until) })
	return slices.DeleteFunc(slices.Clone(fields), func(field string) bool { return !page.fields[field].IsZero() })
}

// forget forgets what pages were refused.
func (f *profileFields) forget(pageIDs []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, pageID := range pageIDs {
		delete(f.pages, pageID)
	}
}

// page returns what is known of a page. f.mu must be held.
func (f *profileFields) page(pageID string) *refusedFields {
	page := f.pages[pageID]
	if page == nil {
		page = &refusedFields{fields: map[string]time.Time{}, probing: make(chan struct{}, 1)}
		f.pages[pageID] = page
	}
	return page
}

func (f *profileFields) refuse(pageID, field string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.page(pageID).fields[field] = time.Now().Add(fieldRefusedFor)
}

// refuseAll notes that field by field nothing was granted either.
func (f *profileFields) refuseAll(pageID string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.page(pageID).all = time.Now().Add(profileRefusedFor)
}

func (f *profileFields) allRefused(pageID string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return time.Now().Before(f.page(pageID).all)
}

// probe waits until no other look-up of the page finds out what is refused. The
// caller does then, until it calls done. It returns false if ctx ends first.
func (f *profileFields) probe(ctx context.Context, pageID string) (done func(), ok bool) {
	f.mu.Lock()
	probing := f.page(pageID).probing
	f.mu.Unlock()
	select {
	case probing <- struct{}{}:
		return func() { <-probing }, true
	case <-ctx.Done():
		return nil, false
	}
}

// ask asks the platform for a person's profile. A field that is refused costs that
// field: the others are asked for without it, and the page's next look-ups leave it
// out for a day.
func (p *profiles) ask(ctx context.Context, query turnctx.ProfileQuery) (graph.Profile, error) {
	fields := p.fields.allowed(query.PageID, query.Fields)
	if len(fields) == 0 {
		return graph.Profile{}, graph.ErrProfileUnavailable
	}
	found, err := p.call(ctx, query, fields)
	if !refusesFields(err) || len(fields) == 1 {
		return found, err
	}
	done, ok := p.fields.probe(ctx, query.PageID)
	if !ok {
		return found, err
	}
	if now := p.fields.allowed(query.PageID, fields); len(now) < len(fields) && len(now) > 0 {
		done() // another look-up has found out meanwhile
		return p.call(ctx, query, now)
	}
	defer done()
	return p.askInParts(ctx, query, fields, err)
}

// askInParts asks for the fields that are most likely allowed, and then for each of
// the others alone. If nothing is granted, the refusal is the person's, and nothing
// is noted of any field.
func (p *profiles) askInParts(ctx context.Context, query turnctx.ProfileQuery, fields []string, refusal error) (graph.Profile, error) {
	likely, others := splitFields(fields, refusal)
	var found graph.Profile
	granted := false
	if len(likely) > 0 {
		var err error
		switch found, err = p.call(ctx, query, likely); {
		case err == nil:
			granted = true
		case !refusesFields(err):
			return graph.Profile{}, err
		case p.fields.allRefused(query.PageID):
			return graph.Profile{}, err
		default:
			others = fields
		}
	}
	answers := p.askEach(ctx, query, others)
	for _, a := range answers {
		if a.err == nil {
			granted = true
			mergeProfile(&found, a.found)
		}
	}
	if !granted {
		p.fields.refuseAll(query.PageID)
		return graph.Profile{}, refusal
	}
	for i, a := range answers {
		if refusesFields(a.err) {
			p.fields.refuse(query.PageID, others[i])
			p.cfg.Logger.Warn("a profile field is refused; it is left out for this page for a day",
				"page", query.PageID, "field", others[i], "error", a.err)
		}
	}
	return found, nil
}

type fieldAnswer struct {
	found graph.Profile
	err   error
}

// askEach asks for each field alone, all at once.
func (p *profiles) askEach(ctx context.Context, query turnctx.ProfileQuery, fields []string) []fieldAnswer {
	answers := make([]fieldAnswer, len(fields))
	var calls sync.WaitGroup
	for i, field := range fields {
		calls.Go(func() { answers[i].found, answers[i].err = p.call(ctx, query, []string{field}) })
	}
	calls.Wait()
	return answers
}

func (p *profiles) call(ctx context.Context, query turnctx.ProfileQuery, fields []string) (graph.Profile, error) {
	return run(ctx, p.guard, code{name: "a profile look-up", about: []any{"page", query.PageID}}, func(ctx context.Context) (graph.Profile, error) {
		return p.cfg.Client.Profile(ctx, query.PageID, query.PSID, fields...)
	})
}

// splitFields parts the fields that a refusal names from the others; if it names
// none, those with a permission of their own from the basic ones.
func splitFields(fields []string, refusal error) (likely, others []string) {
	named := map[string]bool{}
	if refused, ok := errors.AsType[*graph.Error](refusal); ok {
		for _, word := range strings.FieldsFunc(refused.Message, func(r rune) bool {
			return r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
		}) {
			named[word] = true
		}
	}
	suspect := func(field string) bool { return named[field] }
	if !slices.ContainsFunc(fields, suspect) {
		suspect = func(field string) bool { return !basicFields[field] }
	}
	for _, field := range fields {
		if suspect(field) {
			others = append(others, field)
		} else {
			likely = append(likely, field)
		}
	}
	return likely, others
}

// refusesFields reports whether a refusal may be about some of the fields only:
// 100/2018247, a field that is not there (100 without a subcode), and a missing
// permission (3, 10, 200 to 299). 230, 100/33 and 2018218 are about the person.
func refusesFields(err error) bool {
	refused, ok := errors.AsType[*graph.Error](err)
	if !ok || errors.Is(err, graph.ErrTokenInvalid) {
		return false
	}
	switch {
	case refused.Code == 2018247, refused.Subcode == 2018247:
		return true
	case refused.Code == 230, refused.Subcode == 2018218, refused.Subcode == 1545041:
		return false
	case refused.Code == 100, refused.Code == 10:
		return refused.Subcode == 0
	}
	return refused.Code == 3 || refused.Code >= 200 && refused.Code <= 299
}

// mergeProfile adds what another answer has.
func mergeProfile(to *graph.Profile, from graph.Profile) {
	for _, text := range []struct {
		to   *string
		from string
	}{
		{&to.FirstName, from.FirstName}, {&to.LastName, from.LastName}, {&to.Name, from.Name}, {&to.Username, from.Username},
		{&to.ProfilePic, from.ProfilePic}, {&to.Locale, from.Locale}, {&to.Gender, from.Gender},
	} {
		if text.from != "" {
			*text.to = text.from
		}
	}
	if from.Timezone != nil {
		to.Timezone = from.Timezone
	}
}
