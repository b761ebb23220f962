package handling

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// TextMatcher matches texts by rules that RE2 syntax does not have, such as those
// of Python's patterns. It must be safe for concurrent use.
type TextMatcher interface {
	// MatchText reports whether the whole text matches, and returns what the
	// named groups have matched.
	MatchText(text string) (groups map[string]string, ok bool)
}

// GroupNamer is a [TextMatcher] that knows the named groups of its pattern.
type GroupNamer interface {
	// GroupNames returns the names in the order of the pattern.
	GroupNames() []string
}

// GroupNames returns the named groups of the pattern, in its order; none if it does not
// compile, or if a Matcher is no [GroupNamer].
func (b TextBase) GroupNames() []string { return b.groupNames() }

func (b TextBase) groupNames() []string {
	if b.Matcher != nil {
		namer, ok := b.Matcher.(GroupNamer)
		if !ok {
			return nil
		}
		return namer.GroupNames()
	}
	re, err := compile(b.Pattern)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(re.SubexpNames()), func(name string) bool { return name == "" })
}

// needGroups reports the groups that the pattern does not have.
func (b TextBase) needGroups() error {
	names := b.groupNames()
	var errs []error
	for _, name := range b.Groups {
		switch _, namer := b.Matcher.(GroupNamer); {
		case slices.Contains(names, name):
		case b.Matcher != nil && !namer:
			errs = append(errs, fmt.Errorf("handling: the Matcher does not say whether it has the group %q; it needs a method GroupNames", name))
		case len(names) == 0:
			errs = append(errs, fmt.Errorf("handling: the pattern has no group %q: name it (?P<%s>…)", name, name))
		default:
			errs = append(errs, fmt.Errorf("handling: the pattern has no group %q; there are: %s", name, strings.Join(names, ", ")))
		}
	}
	return errors.Join(errs...)
}

var errTwoPatterns = errors.New("handling: Pattern and Matcher are both set")
