package sending

import (
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"

	"github.com/djmessenger/messenger/receiving"
)

// SplitText splits a text into parts that the platform takes: each is at most
// [MaxText] characters, on Instagram [MaxTextInstagram] bytes. An empty object
// is Messenger.
//
// It breaks after a paragraph if it can, or else after a line, a sentence, a
// word, or a character of a script without spaces. It avoids a break that would
// leave a part less than a quarter full. What a person sees as one character
// (an emoji of several, a flag, a letter with its accents, a syllable) is
// broken only if it is over the limit alone.
//
// White space at a break and around a split text is dropped, and nothing else;
// no part is blank. A text within the limit is the only part, as it is; a blank
// text has none. Bytes that are not UTF-8 are replaced by U+FFFD, the
// replacement character. The time it takes grows with the text's length.
func SplitText(text string, object receiving.Object) []string {
	s := newSplitter(text, object)
	switch {
	case strings.TrimSpace(s.text) == "":
		return nil
	case s.size(s.text) <= s.limit:
		return []string{s.text}
	}
	return s.split()
}

// LongMessages makes the messages that say a text of any length; see
// [SplitText]. A blank text makes one empty message, which [Message.Validate]
// refuses.
func LongMessages(text string, object receiving.Object) []Message {
	parts := SplitText(text, object)
	if len(parts) == 0 {
		return []Message{Text("")}
	}
	messages := make([]Message, len(parts))
	for i, part := range parts {
		messages[i] = Text(part)
	}
	return messages
}

// splitter goes through a text once. It remembers where the part that it is in
// could end, and chooses when it has become too long.
type splitter struct {
	text  string
	limit int
	size  func(string) int // as the platform counts

	parts  []string
	start  place       // where the part begins
	end    place       // where what it holds so far ends
	last   string      // the character before end
	closed rune        // what ends a sentence there, or 0
	breaks []textBreak // where the part could end
}

// place is a position in the text: in bytes, and as the platform counts.
type place struct{ at, size int }

// textBreak is white space, or nothing, between two characters.
type textBreak struct {
	end, next place
	rank      breakRank
}

// breakRank says how well a text breaks at a place.
type breakRank int

const (
	anywhere breakRank = iota
	afterCharacter
	afterWord
	afterSentence
	afterLine
	afterParagraph
	ranks
)

func newSplitter(text string, object receiving.Object) splitter {
	s := splitter{text: strings.ToValidUTF8(text, string(utf8.RuneError)), limit: MaxText, size: utf8.RuneCountInString}
	if object == receiving.ObjectInstagram {
		s.limit, s.size = MaxTextInstagram, func(text string) int { return len(text) }
	}
	return s
}

func (s *splitter) split() []string {
	var at place
	for c := range s.characters() {
		next := place{at.at + len(c), at.size + s.size(c)}
		if !isBlank(c) {
			if s.last == "" {
				s.start = at
			} else {
				s.mayBreak(textBreak{s.end, at, s.rank(s.text[s.end.at:at.at], c)})
			}
			for next.size-s.start.size > s.limit {
				s.cut()
			}
			if s.end != at {
				s.closed = 0
			}
			s.closed = closesSentence(c, s.closed)
			s.end, s.last = next, c
		}
		at = next
	}
	return append(s.parts, s.text[s.start.at:s.end.at])
}

// characters yields what a person sees as characters, and the code points of
// one that is over the limit alone.
func (s *splitter) characters() iter.Seq[string] {
	return func(yield func(string) bool) {
		for clusters := graphemes.FromString(s.text); clusters.Next(); {
			c := clusters.Value()
			if s.size(c) <= s.limit {
				if !yield(c) {
					return
				}
				continue
			}
			for i, r := range c {
				if !yield(c[i : i+utf8.RuneLen(r)]) {
					return
				}
			}
		}
	}
}

// mayBreak notes where the part could end.
func (s *splitter) mayBreak(b textBreak) {
	if n := len(s.breaks); n > 0 && s.breaks[n-1].rank == anywhere {
		s.breaks = s.breaks[:n-1] // this one is as good, and later
	}
	s.breaks = append(s.breaks, b)
}

// cut ends the part at the best place, and begins another.
func (s *splitter) cut() {
	best, bestScore := 0, anywhere
	for i, b := range s.breaks {
		score := b.rank
		if score > anywhere && b.end.size-s.start.size >= s.limit/4 {
			score += ranks
		}
		if score >= bestScore {
			best, bestScore = i, score
		}
	}
	b := s.breaks[best]
	s.parts = append(s.parts, s.text[s.start.at:b.end.at])
	s.start = b.next
	s.breaks = slices.Delete(s.breaks, 0, best+1)
}

// rank says how well the text breaks at a gap before a character.
func (s *splitter) rank(gap, next string) breakRank {
	before, after := firstRune(s.last), firstRune(next)
	if gap == "" && before < utf8.RuneSelf && after < utf8.RuneSelf {
		return anywhere
	}
	lines := lineEnds(gap)
	switch {
	case lines > 1:
		return afterParagraph
	case lines == 1:
		return afterLine
	case staysAfter(after):
		return anywhere
	case gap != "" && strings.Trim(gap, noBreakSpaces) == "":
		return anywhere
	case s.closed != 0 && (gap != "" && !unicode.IsLower(after) || endsWithoutSpace(s.closed)):
		return afterSentence
	case gap != "" || before == zeroWidthSpace:
		return afterWord
	case (isSpaceless(before) || isSpaceless(after)) && !staysBefore(before):
		return afterCharacter
	}
	return anywhere
}
