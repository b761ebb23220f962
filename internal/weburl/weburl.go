package weburl

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Check returns nil for an absolute http or https URL that keeps to RFC 3986,
// and else an error whose text says what is wrong with it, to be read after the
// name of a field: `has a space; write "%20"`. The text shows the character at
// fault at most, and never the URL, which may carry a token.
//
// The host is stricter than the RFC, for the platform has to reach it: a DNS
// name, an IPv4 address, or an IPv6 address in brackets.
func Check(text string) error { return check(text, "http", "https") }

// CheckHTTPS is [Check] for an https URL.
func CheckHTTPS(text string) error { return check(text, "https") }

func check(text string, schemes ...string) error {
	if text == "" {
		return errors.New("is missing")
	}
	if err := checkASCII(text); err != nil {
		return err
	}
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok || !hasFold(schemes, scheme) {
		return fmt.Errorf("is not an absolute %s URL", strings.Join(schemes, " or "))
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	if err := checkAuthority(rest[:end]); err != nil {
		return err
	}
	path, fragment, _ := strings.Cut(rest[end:], "#")
	path, query, _ := strings.Cut(path, "?")
	for _, part := range []struct {
		name, text string
		allowed    *charset
	}{
		{"path", path, inPath}, {"query", query, inQuery}, {"fragment", fragment, inQuery},
	} {
		if err := checkPart(part.name, part.text, part.allowed); err != nil {
			return err
		}
	}
	if _, err := url.Parse(text); err != nil {
		// What the RFC allows and Go does not parse, nothing in Go can open.
		return errors.New("is not a URL")
	}
	return nil
}

// hasFold reports whether a list has a word, in any case.
func hasFold(list []string, word string) bool {
	for _, entry := range list {
		if strings.EqualFold(entry, word) {
			return true
		}
	}
	return false
}

// checkASCII refuses what no part of a URL may have.
func checkASCII(text string) error {
	if !utf8.ValidString(text) {
		return errors.New("is not valid UTF-8")
	}
	for at, r := range text {
		switch {
		case r == ' ':
			return errors.New(`has a space; write "%20"`)
		case unicode.IsControl(r):
			return fmt.Errorf("has the control character %U", r)
		case r > unicode.MaxASCII && inHost(text, at):
			return fmt.Errorf("has %s in its host; write the host in Punycode (xn--…)", show(r))
		case r > unicode.MaxASCII:
			return fmt.Errorf("has %s; write %q", show(r), Escape(string(r)))
		case nowhere.has(r):
			return fmt.Errorf("has %s; write %q", show(r), Escape(string(r)))
		}
	}
	return nil
}

// inHost reports whether a place lies between "://" and the path.
func inHost(text string, at int) bool {
	_, before, ok := strings.Cut(text[:at], "://")
	return ok && !strings.ContainsAny(before, "/?#")
}

// show quotes a character, or names it if nothing would be seen of it.
func show(r rune) string {
	if unicode.IsGraphic(r) && !unicode.IsSpace(r) {
		return strconv.QuoteRune(r)
	}
	return fmt.Sprintf("the character %U", r)
}

const (
	unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
	subDelims  = "!$&'()*+,;="
)

// charset is a set of ASCII characters.
type charset [utf8.RuneSelf]bool

func charsetOf(chars string) *charset {
	var set charset
	for _, c := range []byte(chars) {
		set[c] = true
	}
	return &set
}

func (s *charset) has(r rune) bool { return r < utf8.RuneSelf && s[r] }

// The characters that stand for themselves in a part of a URL, and those that
// stand in none.
var (
	inUser  = charsetOf(unreserved + subDelims + ":")
	inPath  = charsetOf(unreserved + subDelims + ":@/")
	inQuery = charsetOf(unreserved + subDelims + ":@/?")
	nowhere = charsetOf("\"<>\\^`{|}")
	plain   = charsetOf(unreserved)
)

// checkPart checks the characters of a part and its percent escapes.
func checkPart(name, text string, allowed *charset) error {
	for at := 0; at < len(text); at++ {
		switch c := text[at]; {
		case c == '%':
			if at+2 >= len(text) || !isHex(text[at+1]) || !isHex(text[at+2]) {
				return fmt.Errorf("has a '%%' without two hexadecimal digits in its %s; a percent sign is written %q", name, "%25")
			}
			at += 2
		case !allowed.has(rune(c)):
			return fmt.Errorf("has %s in its %s; write %q", show(rune(c)), name, Escape(string(c)))
		}
	}
	return nil
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func checkAuthority(text string) error {
	host := text
	if at := strings.LastIndexByte(text, '@'); at >= 0 {
		if err := checkPart("user", text[:at], inUser); err != nil {
			return err
		}
		host = text[at+1:]
	}
	if strings.HasPrefix(host, "[") {
		address, port, ok := strings.Cut(host[1:], "]")
		if ip, err := netip.ParseAddr(address); !ok || err != nil || !ip.Is6() || ip.Zone() != "" {
			return errors.New("has brackets in its host that hold no IPv6 address")
		}
		if port != "" && port[0] != ':' {
			return errors.New("has text between its host and the port")
		}
		return checkPort(strings.TrimPrefix(port, ":"))
	}
	name, port, _ := strings.Cut(host, ":")
	if err := checkHost(name); err != nil {
		return err
	}
	return checkPort(port)
}

// checkHost checks a DNS name or an IPv4 address. An underscore is in no host
// name by the book, and in many that exist.
func checkHost(name string) error {
	if name == "" {
		return errors.New("has no host")
	}
	for _, r := range name {
		if !plain.has(r) || r == '~' {
			return fmt.Errorf("has %s in its host", show(r))
		}
	}
	if len(name) > 253 {
		return fmt.Errorf("has a host of %d characters, limit 253", len(name))
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(name, "."), ".") {
		switch {
		case label == "":
			return errors.New("has an empty label in its host")
		case len(label) > 63:
			return fmt.Errorf("has a label of %d characters in its host, limit 63", len(label))
		}
	}
	return nil
}

func checkPort(text string) error {
	if text == "" {
		return nil
	}
	if n, err := strconv.ParseUint(text, 10, 16); err != nil || n == 0 {
		return errors.New("has a port that is not a number from 1 to 65535")
	}
	return nil
}

// Escape writes every byte but letters, digits and "-._~" as a percent escape,
// so that the text stands for itself in any part of a URL: as a segment of the
// path, as a value of the query, or in the fragment.
func Escape(text string) string {
	var out strings.Builder
	for i := range len(text) {
		if c := text[i]; plain.has(rune(c)) {
			out.WriteByte(c)
		} else {
			const digits = "0123456789ABCDEF"
			out.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return out.String()
}
