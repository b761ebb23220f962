package sending

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/djmessenger/messenger/internal/weburl"
)

// ExpandURL fills in the placeholders of a URL, as the built-in senders do:
//
//	https://shop.example/orders/%{number}?lang=%{language|en}
//
// A value stands for itself: every byte of it except letters, digits and
// "-._~" becomes a percent escape, so that it cannot add a segment to the path
// or a parameter to the query. A default is escaped like a value. Placeholders
// stand in the path, the query or the fragment; the one exception is a URL that
// is a placeholder as a whole, "%{photo}", whose value goes out as it is. A URL
// is not translated.
//
// A [FieldError] without a field says what is wrong with the result: it breaks
// RFC 3986, or a value has made "." or ".." of a segment of the path, which
// would lead elsewhere. A text without placeholders is returned as it is, for
// [Message.Validate] to check.
func ExpandURL(ctx context.Context, text string) (string, error) {
	return expandURL(ctx, text, weburl.Check)
}

// expandURL is ExpandURL with another rule for the result.
func expandURL(ctx context.Context, text string, rule func(string) error) (string, error) {
	if !strings.Contains(text, "%{") {
		return text, nil
	}
	if err := checkURLTemplate(text, rule); err != nil {
		return "", &FieldError{Problem: err.Error()}
	}
	lookup := func(name string) (string, bool) { return Value(ctx, name) }
	filled := fill(text, lookup)
	if !isPlaceholder(text) {
		filled = replacePlaceholders(text, func(name, fallback string) string {
			return weburl.Escape(fill("%{"+name+"|"+fallback+"}", lookup))
		})
		if err := checkSegments(text, filled); err != nil {
			return "", &FieldError{Problem: err.Error()}
		}
	}
	if err := rule(filled); err != nil {
		return "", &FieldError{Problem: "once filled in, " + err.Error()}
	}
	return filled, nil
}

// checkURLTemplate checks a URL before its placeholders are filled in.
func checkURLTemplate(text string, check func(string) error) error {
	if hasOpenPlaceholder(text) {
		return errors.New(`has a placeholder that is not closed: "}" is missing after "%{"`)
	}
	if isPlaceholder(text) {
		if _, fallback, _ := strings.Cut(text[2:len(text)-1], "|"); fallback != "" {
			return check(fallback)
		}
		return nil
	}
	if _, rest, ok := strings.Cut(text, "://"); ok {
		first := strings.Index(rest, "%{")
		if end := strings.IndexAny(rest, "/?#"); first >= 0 && (end < 0 || first < end) {
			return errors.New("has a placeholder before its path; a value cannot choose the host")
		}
	}
	return check(sample(text))
}

// hasOpenPlaceholder reports whether a "%{" has no "}" before the next one or the end.
func hasOpenPlaceholder(text string) bool {
	for {
		start := strings.Index(text, "%{")
		if start < 0 {
			return false
		}
		escaped := start > 0 && text[start-1] == '%' // %%{ is no placeholder
		text = text[start+2:]
		if escaped {
			continue
		}
		end := strings.IndexByte(text, '}')
		if end < 0 || strings.Contains(text[:end], "%{") {
			return true
		}
		text = text[end+1:]
	}
}

// isPlaceholder reports whether a URL is one placeholder as a whole.
func isPlaceholder(text string) bool {
	return strings.HasPrefix(text, "%{") && strings.IndexByte(text, '}') == len(text)-1
}

// sample fills in a URL with what is right everywhere.
func sample(text string) string {
	return replacePlaceholders(text, func(string, string) string { return "x" })
}

// checkSegments refuses values that make a segment of the path "." or "..":
// browsers drop such a segment, or the one before it. An escape does not help,
// for they take %2E for a dot.
func checkSegments(template, filled string) error {
	written, got := pathSegments(sample(template)), pathSegments(filled)
	for i, segment := range got {
		if (segment == "." || segment == "..") && segment != written[i] {
			return fmt.Errorf("has a value that makes %q of a segment of its path", segment)
		}
	}
	return nil
}

// pathSegments returns the segments of a URL's path, decoded. A value has no
// slash once it is escaped, so that filling in keeps their number.
func pathSegments(text string) []string {
	text, _, _ = strings.Cut(text, "#")
	text, _, _ = strings.Cut(text, "?")
	segments := strings.Split(text, "/")
	for i, segment := range segments {
		if plain, err := url.PathUnescape(segment); err == nil {
			segments[i] = plain
		}
	}
	return segments
}
