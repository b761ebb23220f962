package sending

import "github.com/djmessenger/messenger/receiving"

// SplitWork splits a text that is over the limit, and counts the work: the bytes that
// were measured, and the most breaks that were remembered at a time. Each cut looks
// at all of these.
func SplitWork(text string, object receiving.Object) (parts []string, measured, breaks int) {
	s := newSplitter(text, object)
	size := s.size
	s.size = func(text string) int {
		measured += len(text)
		breaks = max(breaks, len(s.breaks))
		return size(text)
	}
	return s.split(), measured, breaks
}
