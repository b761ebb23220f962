package settingsfile

import (
	"errors"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/internal/datatree"
	"github.com/djmessenger/messenger/threadsettings"
)

// validate gives the mistakes of the settings their places in the file. Those that follow from what could not be read are left out.
func (r *reading) validate() {
	err := r.settings.Validate()
	if err == nil {
		return
	}
	all := []error{err}
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		all = several.Unwrap()
	}
	unread := slices.Clone(r.mistakes)
	for _, err := range all {
		mistake, ok := errors.AsType[*threadsettings.Mistake](err)
		if !ok {
			r.fail(datatree.Position{}, "", "%v", err)
			continue
		}
		where := r.locate(mistake.Place)
		if !slices.ContainsFunc(unread, func(m *Mistake) bool { return r.follows(where, m.Place) }) {
			r.fail(where.value.At, where.path, "%v", mistake.Err)
		}
	}
}

// follows reports whether a mistake of the settings may follow from what is wrong at a path.
func (r *reading) follows(where located, unread string) bool {
	parent := where.path[:max(strings.LastIndexAny(where.path, ".["), 0)]
	switch {
	case unread == "": // a key that is there twice, of which the first counts
		return false
	case within(where.path, unread): // the same, or a part of it
		return true
	case where.missing && r.unknown[parent]: // it was misspelt
		return true
	case within(unread, where.path): // a part of it: objects may lack that
		return where.value.Kind == datatree.Object || strings.HasSuffix(unread, ".locale")
	}
	return false
}

// within reports whether a path is that of a value or of something in it.
func within(path, outer string) bool {
	rest, ok := strings.CutPrefix(path, outer)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// located is where a field of the settings is, or would be.
type located struct {
	place

	missing bool // then the value is the nearest one above it
}

// locate finds a field.
func (r *reading) locate(field string) located {
	for above := field; above != ""; {
		if found, ok := r.places[above]; ok {
			rest := strings.TrimPrefix(field, above)
			return located{place{found.value, found.path + inFile(rest)}, rest != ""}
		}
		above = above[:max(strings.LastIndexAny(above, ".["), 0)]
	}
	return located{place{&datatree.Value{}, inFile(field)}, true}
}

// words are the fields of a file for those of the settings.
var words = strings.NewReplacer(
	"FallbackURL", "fallback_url", "Items", "call_to_actions", "Locale", "locale", "Payload", "payload", "Title", "title", "URL", "url",
	"WebviewHeightRatio", "webview_height_ratio", "Question", "question", "Description", "description", "Name", "name", "Text", "text",
	"ComposerInputDisabled", "composer_input_disabled",
)

func inFile(field string) string { return words.Replace(field) }
