package simulator

import (
	"errors"
	"regexp"
	"strings"
)

// webURL is an absolute http or https URL by the grammar of RFC 3986, appendix
// A, with a host of letters, digits, dots, dashes and underscores, or an IPv6
// address. net/url also accepts other characters, such as a space, which
// browsers and servers treat differently.
var webURL = regexp.MustCompile(strings.NewReplacer(
	"PCHAR", `[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2}`,
	"USER", `[A-Za-z0-9\-._~!$&'()*+,;=:]|%[0-9A-Fa-f]{2}`,
	"HOST", `\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._]+`,
).Replace(`\A(?i:https?)://(?:(?:USER)*@)?(?:HOST)(?::[0-9]*)?(?:/(?:PCHAR|/)*)?(?:\?(?:PCHAR|[/?])*)?(?:#(?:PCHAR|[/?])*)?\z`))

var errURL = errors.New("must be an absolute http or https URL, with percent escapes for spaces and all else that RFC 3986 forbids")

// checkURL checks a URL that a bot, a person or the configuration names.
func checkURL(text string) error {
	if !webURL.MatchString(text) {
		return errURL
	}
	return nil
}
