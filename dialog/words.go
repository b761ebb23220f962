package dialog

import (
	"cmp"
	"context"
	"strings"

	"github.com/djmessenger/messenger/i18n"
)

// Words are what a person can say at any question, and what a dialog says by itself. All are
// message ids, which the bot's catalogue translates.
type Words struct {
	// Back, Cancel, Help and Skip are commands: alternatives with a bar between them, such as
	// "cancel|stop". A translation has alternatives of its own; those of the id count in every
	// language. A command is the whole text, letter case and punctuation at the ends aside.
	// Choices come first: a question with the choice "Back" has no command of that name. An
	// empty one is no command. Skip is one at Optional questions only, and Help only if the
	// dialog has one.
	Back, Cancel, Help, Skip string
	// SkipTitle is the title of the chip of an Optional question; none if it is empty.
	SkipTitle string
	// NextTitle is the title of the chip that shows more choices of a question that has more than
	// the platform shows below one message. If it is empty, it is that of [DefaultWords].
	NextTitle string

	// Closed answers a tap on a question while no dialog is open, and a tap on one whose answer the person cannot change
	// any more. If it is empty, such a tap has no effect.
	Closed string
	// NoBack answers Back where there is nothing to go back to.
	NoBack string
	// More is said instead of the question, with what is left to choose, after one of several
	// choices; see [SomeOf]. If it is empty, the question is asked again.
	More string
	// TooLarge refuses an answer with which the state would be larger than [MaxState].
	TooLarge string
	// Failed is said when something failed for the last time; see Dialog.Failed.
	Failed string
	// Cancelled, TimedOut, NoSignal, Lost and Stuck are what the default of Dialog.Ended says.
	Cancelled, TimedOut, NoSignal, Lost, Stuck string
}

// DefaultWords are the words of a dialog that sets none. To change some, change a copy.
func DefaultWords() Words {
	return Words{
		Back: "back", Cancel: "cancel|stop", Help: "help", Skip: "skip", SkipTitle: "Skip", NextTitle: "More…",
		Closed:    "That question is no longer open.",
		NoBack:    "There is nothing to go back to.",
		More:      "Anything else?",
		TooLarge:  "That is more than I can keep. Please make it shorter.",
		Failed:    "Something went wrong. Please try again.",
		Cancelled: "All right, I have stopped.",
		TimedOut:  "I have not heard from you, so I have stopped.",
		NoSignal:  "This has taken too long on our side, so I have stopped.",
		Lost:      "I have lost track. Please start again.",
		Stuck:     "I do not understand that, so I have stopped.",
	}
}

func (w Words) nextTitle() string { return cmp.Or(w.NextTitle, DefaultWords().NextTitle) }

// Texts returns the message ids of the [DefaultWords], and those by which the answers of this
// package refuse: what a catalogue has to translate besides a dialog's own texts.
func Texts() []string {
	w := DefaultWords()
	return append([]string{
		w.Back, w.Cancel, w.Help, w.Skip, w.SkipTitle, w.NextTitle, w.Closed, w.NoBack, w.More, w.TooLarge, w.Failed,
		w.Cancelled, w.TimedOut, w.NoSignal, w.Lost, w.Stuck,
	}, refusals()...)
}

// refusals are the message ids by which the answers of this package refuse.
func refusals() []string {
	return []string{
		refuseChoice, refuseText, refuseNumber, refuseNumberFrom, refuseNumberTo, refuseNumberBetween,
		refuseWhole, refuseWholeFrom, refuseWholeTo, refuseWholeBetween, refuseWhichNumber, refuseUnit,
		refuseDate, refuseNoDate, refuseWhichDate, refuseWeekday, refuseDateFrom, refuseDateTo, refuseDateBetween, refuseEmail, refusePhone, refusePlace, refuseFile, refuseImage, refuseAudio, refuseVideo,
	}
}

// command is what a person can say at any question.
type command string

const (
	noCommand command = ""
	goBack    command = "back"
	cancel    command = "cancel"
	help      command = "help"
	skip      command = "skip"
	showPage  command = "page" // by its chip only
)

// command returns the command that a text is.
func (w Words) command(ctx context.Context, text string) command {
	for _, c := range []struct {
		words string
		is    command
	}{{w.Back, goBack}, {w.Cancel, cancel}, {w.Help, help}, {w.Skip, skip}} {
		if oneOfWords(ctx, c.words, text) {
			return c.is
		}
	}
	return noCommand
}

// oneOfWords reports whether a text is one of the alternatives of a message id, or of its
// translation.
func oneOfWords(ctx context.Context, id, text string) bool {
	said := fold(text)
	if id == "" || said == "" {
		return false
	}
	for word := range strings.SplitSeq(id+"|"+i18n.From(ctx).Text(id), "|") {
		if fold(word) == said {
			return true
		}
	}
	return false
}
