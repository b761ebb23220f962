package messenger

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"sync"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/threadsettings"
)

// settingsPauses are those between the first tries to apply thread settings, if the failure
// may be a short one.
var settingsPauses = []time.Duration{2 * time.Second, 30 * time.Second, 5 * time.Minute}

// settingsLongPause is the one between all other tries: after a refusal, which every replica
// meets, and when the page's calls are used up. The platform takes ten in ten minutes.
const settingsLongPause = 15 * time.Minute

// settingsTimeout bounds one try, which is several calls.
const settingsTimeout = time.Minute

// settingsAtOnce is for how many pages settings are applied at the same time.
const settingsAtOnce = 8

// applySettings makes one try. Unless it is for now, it makes none while the pause after a failed one lasts, that of another replica too; the error
// is then a settingsPauseError.
type applySettings func(ctx context.Context, pageID string, try settingsTry) (threadsettings.Report, error)

// settingsTry is one try.
type settingsTry struct {
	settings  threadsettings.Settings
	announced *announcement
	now       bool
}

// settingsQueue applies thread settings beside turns, to one page after another. A
// page that fails is tried again; it holds back nothing else. Of one page one try runs
// at a time, so that newer settings are never overtaken by older ones.
type settingsQueue struct {
	apply applySettings
	log   *slog.Logger

	mu      sync.Mutex
	ctx     context.Context // of Run; nil before it
	pages   map[string]*pageSettings
	ready   []string // pages to try now
	running int
	tries   sync.WaitGroup
}

// pageSettings is what a page wants, and how far that is.
type pageSettings struct {
	wanted    threadsettings.Settings
	version   int           // of wanted; a try for an older one counts for nothing
	announced *announcement // of this version
	tried     int           // failed tries that other replicas do not know of
	now       bool          // the next try waits for no other replica's
	state     settingsState
	removed   bool               // while a try still runs
	cancel    context.CancelFunc // ends the running try
	timer     *time.Timer        // of the next try
}

type settingsState int

const (
	settingsReady settingsState = iota
	settingsRunning
	settingsPaused
	settingsApplied
	settingsFailed
	settingsSuperseded
)

func newSettingsQueue(log *slog.Logger, apply applySettings) *settingsQueue {
	return &settingsQueue{apply: apply, log: log, pages: map[string]*pageSettings{}}
}

// set has settings applied to a page, in place of those before. The same ones again
// are applied only if they could not be yet: then they are tried at once.
func (q *settingsQueue) set(pageID string, settings threadsettings.Settings) {
	if settings.IsEmpty() {
		q.remove(pageID)
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	p := q.pages[pageID]
	if p != nil && !p.removed && reflect.DeepEqual(p.wanted, settings) {
		if p.state == settingsPaused || p.state == settingsFailed {
			p.now = true
			q.again(pageID, p)
		}
		return
	}
	if p == nil {
		p = &pageSettings{}
		q.pages[pageID] = p
	}
	p.wanted, p.announced, p.removed = settings, &announcement{}, false
	p.version++
	switch p.state {
	case settingsRunning:
		p.cancel() // its end starts the next try
		p.tried = 0
	case settingsReady:
		if p.version > 1 {
			return // it is in the queue
		}
		q.again(pageID, p)
	case settingsPaused, settingsApplied, settingsFailed, settingsSuperseded:
		q.again(pageID, p)
	}
}

// remove ends all tries for a page.
func (q *settingsQueue) remove(pageID string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	p := q.pages[pageID]
	switch {
	case p == nil:
		return
	case p.timer != nil:
		p.timer.Stop()
	}
	if p.state == settingsRunning {
		p.removed = true
		p.version++
		p.cancel()
		return
	}
	delete(q.pages, pageID)
}

// again queues a page for a try now. q.mu must be held.
func (q *settingsQueue) again(pageID string, p *pageSettings) {
	if p.timer != nil {
		p.timer.Stop()
		p.timer = nil
	}
	p.state, p.tried = settingsReady, 0
	q.queue(pageID)
}

func (q *settingsQueue) queue(pageID string) {
	q.ready = append(q.ready, pageID)
	q.start()
}

// start starts tries while there is room. q.mu must be held.
func (q *settingsQueue) start() {
	for q.ctx != nil && q.ctx.Err() == nil && q.running < settingsAtOnce && len(q.ready) > 0 {
		pageID := q.ready[0]
		q.ready = q.ready[1:]
		p := q.pages[pageID]
		if p == nil || p.state != settingsReady {
			continue // it was removed, and perhaps added again behind
		}
		ctx, cancel := context.WithCancel(q.ctx)
		p.state, p.cancel = settingsRunning, cancel
		q.running++
		version, try := p.version, settingsTry{settings: p.wanted, announced: p.announced, now: p.now}
		p.now = false
		q.tries.Go(func() {
			report, err := q.apply(ctx, pageID, try)
			cancel()
			q.finish(pageID, p, version, report, err)
		})
	}
}

// finish notes how a try ended, and then logs it.
func (q *settingsQueue) finish(pageID string, p *pageSettings, version int, report threadsettings.Report, err error) {
	for _, write := range q.ended(pageID, p, version, report, err) {
		write()
	}
}

// ended notes how a try ended. It returns what writes the log, without the lock: a handler of the log is a user's code.
func (q *settingsQueue) ended(pageID string, p *pageSettings, version int, report threadsettings.Report, err error) (lines []func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running--
	defer q.start()
	ctx := q.ctx
	later := func(write func(*slog.Logger)) { lines = append(lines, func() { write(q.log.With("page", pageID)) }) }
	switch {
	case p.removed:
		delete(q.pages, pageID)
	case p.version != version:
		p.state = settingsReady
		q.ready = append(q.ready, pageID)
	case err == nil:
		p.state = settingsApplied
		for _, warning := range report.Warnings() {
			later(func(log *slog.Logger) {
				log.Warn("the platform refuses a thread setting; the others are applied", "property", warning.Property, "error", warning.Err)
			})
		}
		later(func(log *slog.Logger) { log.Info("thread settings applied", "changes", report.Changed()) })
	case errors.Is(err, errSettingsSuperseded):
		p.state = settingsSuperseded
		later(func(log *slog.Logger) { log.Warn("thread settings not applied", "error", err) })
	case ctx.Err() != nil:
		p.state = settingsFailed
	case errors.Is(err, threadsettings.ErrGetStartedMissing):
		p.state = settingsFailed
		later(func(log *slog.Logger) { log.Error("cannot apply thread settings", "error", err) })
	default:
		pause, level := settingsPause(p.tried, err)
		p.state, p.tried = settingsPaused, p.tried+1
		if shared, ok := errors.AsType[*settingsPauseError](err); ok {
			pause, level = shared.pause, shared.level
		}
		later(func(log *slog.Logger) {
			log.Log(ctx, level, "cannot apply thread settings; retrying", "error", err, "after", pause)
		})
		p.timer = time.AfterFunc(pause, func() { q.resume(pageID, p, version) })
	}
	return lines
}

// settingsPause returns the pause after a failed try and how it is logged: a failure that does
// not pass by itself, or has lasted, needs a human.
func settingsPause(tried int, err error) (time.Duration, slog.Level) {
	if errors.Is(err, graph.ErrRateLimited) {
		return settingsLongPause, slog.LevelWarn
	}
	class := graph.Classify(err)
	if passes := class == graph.RetryLater || class == graph.RetryUncertain; passes && tried < len(settingsPauses) {
		return settingsPauses[tried], slog.LevelWarn
	}
	return settingsLongPause, slog.LevelError
}

// resume queues the next try of a page whose pause is over.
func (q *settingsQueue) resume(pageID string, p *pageSettings, version int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.pages[pageID] == p && p.state == settingsPaused && p.version == version {
		p.state, p.timer = settingsReady, nil
		q.queue(pageID)
	}
}

// run tries until ctx ends, and waits for the tries.
func (q *settingsQueue) run(ctx context.Context) {
	q.mu.Lock()
	q.ctx = ctx
	q.start()
	q.mu.Unlock()
	<-ctx.Done()
	q.mu.Lock()
	for _, p := range q.pages {
		if p.timer != nil {
			p.timer.Stop()
		}
	}
	q.mu.Unlock()
	q.tries.Wait()
}
