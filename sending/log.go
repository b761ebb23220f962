package sending

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/djmessenger/messenger/graph"
)

// Log logs each attempt to send, by its [Log.Wrap] in messenger.Config.SendMiddleware. It
// puts no message's text into the log, unless Text is set. The attributes:
//
//	page      the page's id
//	person    the person's id, if the message is for one
//	send      the message's idempotency key, the same on each attempt; empty for an
//	          action that a handler sends at once
//	kind      what is sent: text, image, template, sender_action, …
//	attempt   which attempt it is, from 1
//	duration  how long it took
//	outcome   sent, refused, retry (not sent; may be sent later) or uncertain (unknown)
//	mid       the id that the platform gave to the message, if it was sent
//	status    the HTTP status of the platform's refusal, and
//	code      its Graph error code,
//	subcode   the subcode, if not 0, and
//	meaning   its name in docs/errors.md
//	text      the message's text, with Text only
//	error     why it was not sent; left out if it was
//
// Whether it is attempted again the bot itself logs. Answers that an event does not allow
// are not attempted, so they are not here.
type Log struct {
	// Failed is the level of attempts that fail. Default: slog.LevelWarn.
	Failed slog.Leveler
	// Level is the level of all other attempts. Default: slog.LevelInfo.
	Level slog.Leveler
	// Logger takes the lines. Default: slog.Default.
	Logger *slog.Logger
	// Text adds the message's text: personal data, perhaps, which then is in the log too.
	// Default: false.
	Text bool
}

// errUnfinished is logged for an attempt whose middleware panicked or ended its goroutine.
var errUnfinished = errors.New("sending: the attempt panicked, or ended its goroutine")

// Wrap is a [Middleware]. As the first one it measures the others too.
func (l Log) Wrap(next DeliverFunc) DeliverFunc {
	return func(ctx context.Context, d Delivery) (result graph.SendResult, err error) {
		began := time.Now()
		failure := errUnfinished
		defer func() { l.log(ctx, d, result, time.Since(began), failure) }()
		result, err = next(ctx, d)
		failure = err
		return result, err
	}
}

func (l Log) log(ctx context.Context, d Delivery, result graph.SendResult, took time.Duration, err error) {
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
	attrs := []slog.Attr{slog.String("page", d.PageID)}
	if d.PSID != "" {
		attrs = append(attrs, slog.String("person", d.PSID))
	}
	attrs = append(attrs, slog.String("send", d.Key), slog.String("kind", d.Message.Kind()), slog.Int("attempt", d.Attempt),
		slog.Duration("duration", took), slog.String("outcome", outcomeOf(err)))
	if result.MID != "" {
		attrs = append(attrs, slog.String("mid", result.MID))
	}
	attrs = append(attrs, refusalAttrs(err)...)
	if l.Text {
		attrs = append(attrs, slog.String("text", d.Message.Text))
	}
	if err != nil {
		attrs = append(attrs, slog.Any("error", err))
	}
	logger.LogAttrs(ctx, level, "send", attrs...)
}

// outcomeOf names the outcome of an attempt.
func outcomeOf(err error) string {
	if err == nil {
		return "sent"
	}
	switch graph.Classify(err) {
	case graph.RetryNever:
		return "refused"
	case graph.RetryUncertain:
		return "uncertain"
	}
	return "retry"
}

// refusalAttrs says what the platform answered, if it refused.
func refusalAttrs(err error) []slog.Attr {
	refused, ok := errors.AsType[*graph.Error](err)
	if !ok || refused == nil {
		return nil
	}
	attrs := []slog.Attr{slog.Int("status", refused.HTTPStatus), slog.Int("code", refused.Code)}
	if refused.Subcode != 0 {
		attrs = append(attrs, slog.Int("subcode", refused.Subcode))
	}
	return append(attrs, slog.String("meaning", refused.Meaning().String()))
}

func levelOr(level slog.Leveler, or slog.Level) slog.Level {
	if level == nil {
		return or
	}
	return level.Level()
}
