package handling

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/djmessenger/messenger/receiving"
)

// Log logs each turn, by its [Log.Wrap] in messenger.Config.TurnMiddleware. It puts no
// message's text into the log, unless Text is set. The attributes:
//
//	page      the page's id
//	person    the person's id, if the event has one
//	event     the event's key, the same in each try
//	type      the receiving type
//	attempt   which try it is, from 1
//	duration  how long the turn took, without its commit and its sends
//	routes    the names of the routes that handled the event, or failed
//	messages  how many messages the turn sends when it commits
//	refused   how many of its answers the event does not allow; left out if 0
//	standby   true on standby; else left out
//	silence   why the bot keeps silent; left out if it does not
//	text      the text that the person wrote, with Text only
//	error     why the turn failed; left out if it did not
//
// A turn is logged before it commits. Whether a turn that failed is retried or becomes a
// dead letter is logged by the bot itself.
type Log struct {
	// Failed is the level of turns that fail. Default: slog.LevelWarn.
	Failed slog.Leveler
	// Level is the level of all other turns. Default: slog.LevelInfo.
	Level slog.Leveler
	// Logger takes the lines. Default: slog.Default.
	Logger *slog.Logger
	// Text adds what the person wrote: personal data, which then is in the log too.
	// Default: false.
	Text bool
}

// errUnfinished is logged for a turn whose routes, or middleware, panicked or ended their
// goroutine.
var errUnfinished = errors.New("handling: the turn panicked, or ended its goroutine")

// Wrap is a [Middleware]. As the first one it measures the others too.
func (l Log) Wrap(next TurnFunc) TurnFunc {
	return func(ctx context.Context, ev *receiving.Event) (err error) {
		began := time.Now()
		failure := errUnfinished
		defer func() { l.log(ctx, ev, time.Since(began), failure) }()
		err = next(ctx, ev)
		failure = err
		return err
	}
}

func (l Log) log(ctx context.Context, ev *receiving.Event, took time.Duration, err error) {
	logger, level := l.Logger, levelOr(l.Level, slog.LevelInfo)
	if err != nil {
		level = levelOr(l.Failed, slog.LevelWarn)
	}
	if logger == nil {
		logger = slog.Default()
	}
	if !logger.Enabled(ctx, level) {
		return
	}
	turn := TurnFrom(ctx)
	var progress Progress
	if turn.Progress != nil {
		progress = turn.Progress()
	}
	attrs := []slog.Attr{slog.String("page", ev.PageID)}
	if ev.PSID != "" {
		attrs = append(attrs, slog.String("person", ev.PSID))
	}
	attrs = append(attrs, slog.String("event", ev.Key), slog.String("type", string(ev.Type)),
		slog.Int("attempt", turn.Attempt), slog.Duration("duration", took))
	attrs = append(attrs, routeAttrs(progress.Routes)...)
	if ev.Standby {
		attrs = append(attrs, slog.Bool("standby", true))
	}
	if progress.Silence != nil {
		attrs = append(attrs, slog.String("silence", progress.Silence.String()))
	}
	if l.Text {
		attrs = append(attrs, slog.String("text", ev.Text()))
	}
	if err != nil {
		attrs = append(attrs, slog.Any("error", err))
	}
	logger.LogAttrs(ctx, level, "turn", attrs...)
}

func routeAttrs(routes []RouteResult) []slog.Attr {
	names := []string{}
	messages, refused := 0, 0
	for _, r := range routes {
		names = append(names, r.Name)
		messages += r.Messages
		refused += r.Refused
	}
	attrs := []slog.Attr{slog.Any("routes", names), slog.Int("messages", messages)}
	if refused > 0 {
		attrs = append(attrs, slog.Int("refused", refused))
	}
	return attrs
}

func levelOr(level slog.Leveler, or slog.Level) slog.Level {
	if level == nil {
		return or
	}
	return level.Level()
}
