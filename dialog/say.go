package dialog

import (
	"context"
	"errors"
	"slices"

	"github.com/djmessenger/messenger/sending"
)

// Say says something and goes on. It is said again when the person has gone back over it, or has given another answer
// to a question before it that its Text shows; with a Prompt, to any.
type Say[S any] struct {
	// Name is the name of the step. Required.
	Name string
	// Aliases are what the step was called before; see Question.Aliases.
	Aliases []string
	// Text is what is said, a message id, with placeholders as in a Question. Required without
	// Prompt.
	Text string
	// Prompt says it by a sender instead.
	Prompt func(ctx context.Context, r *Run[S]) (sending.Sender, error)
	// When leaves the step out if it returns false.
	When func(s S) bool
}

func (s Say[S]) nodes() []node[S] {
	n := node[S]{
		stop: stop{name: s.Name, aliases: s.Aliases, kind: says, code: s.Prompt != nil},
		when: whenOf(s.When), text: s.Text, prompt: s.Prompt,
	}
	n.faults = append(textFaults(s.Text, s.Prompt != nil), aliasFaults(s.Aliases)...)
	return []node[S]{n}
}

// textFaults are what is wrong with the texts of a step that says something.
func textFaults(text string, prompt bool) []error {
	switch {
	case text == "" && !prompt:
		return []error{errors.New("it has neither a Text nor a Prompt")}
	case text != "" && prompt:
		return []error{errors.New("it has a Text and a Prompt; set one")}
	}
	return nil
}

// Do runs code between two questions: to look something up, or to branch. It runs again when the person has gone back
// over it, or has given another answer to a question before it, and after a failure.
type Do[S any] struct {
	// Name is the name of the step. Required.
	Name string
	// Aliases are what the step was called before; see Question.Aliases.
	Aliases []string
	// Run does the work, and may change the state. Required.
	Run func(ctx context.Context, r *Run[S]) (Next, error)
	// To are the steps that Run may [GoTo], [ToFinish] and [ToQuit], as in a Question.
	To []string
	// When leaves the step out if it returns false.
	When func(s S) bool
}

func (d Do[S]) nodes() []node[S] {
	n := node[S]{
		stop: stop{name: d.Name, aliases: d.Aliases, kind: does, to: slices.Clone(d.To), code: true},
		when: whenOf(d.When), do: d.Run,
	}
	n.faults = aliasFaults(d.Aliases)
	if d.Run == nil {
		n.faults = append(n.faults, errors.New("its Run is missing"))
	}
	return []node[S]{n}
}
