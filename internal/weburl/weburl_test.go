package weburl_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/weburl"
)

func TestCheckTakesWhatRFC3986Allows(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"https://cdn.example.com/red%20shoes.png",
		"http://a.example",
		"HTTPS://A.EXAMPLE/",
		"https://a.example?x=1",
		"https://a.example#top",
		"https://a.example/?",
		"https://a.example/#",
		"https://a.example/a;b=c,d/(e)!/$&'*+=:@-._~/%C3%A9%f0",
		"https://a.example/?q=a/b?c&d=e+f&g=%26;h:@!$'()*,",
		"https://a.example/#a/b?c",
		"https://user:p%40ss@a.example/",
		"https://a.example:8443/",
		"https://a.example:/",
		"https://a.example./",
		"https://my_shop.example/",
		"https://xn--bcher-kva.example/",
		"https://localhost/",
		"http://127.0.0.1:1/",
		"https://[::1]/",
		"https://[2001:db8::1]:443/x",
		"https://[::ffff:192.0.2.1]/",
		"https://a.example//double//slash",
		"https://a.example/../up",
	} {
		require.NoError(t, weburl.Check(text), text)
	}
}

func TestCheckRefusesTheRestWithTheReason(t *testing.T) {
	t.Parallel()
	for text, reason := range map[string]string{
		"":                                      "is missing",
		"https://cdn.example.com/red shoes.png": `has a space; write "%20"`,
		" https://a.example/":                   `has a space; write "%20"`,
		"https://a.example/ ":                   `has a space; write "%20"`,
		"https://a .example/":                   `has a space; write "%20"`,
		"https://a.example/\n":                  "has the control character U+000A",
		"https://a.example/\x00":                "has the control character U+0000",
		"https://a.example/\x7f":                "has the control character U+007F",
		"https://a.example/\u0085":              "has the control character U+0085",
		"https://a.example/\xff":                "is not valid UTF-8",
		"https://a.example/\xe2\x82":            "is not valid UTF-8",
		"https://a.example/\ufffd":              `has '�'; write "%EF%BF%BD"`,
		"https://a.example/é":                   `has 'é'; write "%C3%A9"`,
		"https://a.example/?q=店":                `has '店'; write "%E5%BA%97"`,
		"https://a.example/#é":                  `has 'é'; write "%C3%A9"`,
		"https://a.example/\u00a0":              `has the character U+00A0; write "%C2%A0"`,
		"https://a.example/\u200b":              `has the character U+200B; write "%E2%80%8B"`,
		"https://bücher.example/":               "has 'ü' in its host; write the host in Punycode (xn--…)",
		`https://a.example/"`:                   `has '"'; write "%22"`,
		"https://a.example/<b>":                 `has '<'; write "%3C"`,
		"https://a.example/>":                   `has '>'; write "%3E"`,
		`https://a.example\b`:                   `has '\\'; write "%5C"`,
		"https://a.example/^":                   `has '^'; write "%5E"`,
		"https://a.example/`":                   "has '`'; write \"%60\"",
		"https://a.example/{id}":                `has '{'; write "%7B"`,
		"https://a.example/%{id}":               `has '{'; write "%7B"`,
		"https://a.example/a|b":                 `has '|'; write "%7C"`,
		"https://a.example/}":                   `has '}'; write "%7D"`,
		"https://a.example/a[0]":                `has '[' in its path; write "%5B"`,
		"https://a.example/?a]=1":               `has ']' in its query; write "%5D"`,
		"https://a.example/#a#b":                `has '#' in its fragment; write "%23"`,
		"https://a.example/100%":                `has a '%' without two hexadecimal digits in its path; a percent sign is written "%25"`,
		"https://a.example/%4":                  `has a '%' without two hexadecimal digits in its path; a percent sign is written "%25"`,
		"https://a.example/?q=%zz":              `has a '%' without two hexadecimal digits in its query; a percent sign is written "%25"`,
		"https://a.example/#%a":                 `has a '%' without two hexadecimal digits in its fragment; a percent sign is written "%25"`,
		"https://u%@a.example/":                 `has a '%' without two hexadecimal digits in its user; a percent sign is written "%25"`,
		"a.example/x":                           "is not an absolute http or https URL",
		"/x":                                    "is not an absolute http or https URL",
		"//a.example/x":                         "is not an absolute http or https URL",
		"https:/a.example":                      "is not an absolute http or https URL",
		"https:a.example":                       "is not an absolute http or https URL",
		"ftp://a.example/":                      "is not an absolute http or https URL",
		"javascript:alert(1)":                   "is not an absolute http or https URL",
		"data:text/html,x":                      "is not an absolute http or https URL",
		"javascript://a.example/%0aalert(1)":    "is not an absolute http or https URL",
		"://a.example/":                         "is not an absolute http or https URL",
		"https://":                              "has no host",
		"https:///x":                            "has no host",
		"https://?x":                            "has no host",
		"https://#x":                            "has no host",
		"https://:443/":                         "has no host",
		"https://user@/x":                       "has no host",
		"https://a@b@c.example/":                `has '@' in its user; write "%40"`,
		"https://.":                             "has an empty label in its host",
		"https://a..example/":                   "has an empty label in its host",
		"https://.a.example/":                   "has an empty label in its host",
		"https://a,b.example/":                  "has ',' in its host",
		"https://%61.example/":                  "has '%' in its host",
		"https://" + strings.Repeat("a", 64) + ".example/": "has a label of 64 characters in its host, limit 63",
		"https://" + strings.Repeat("a.", 127) + "/":       "has a host of 254 characters, limit 253",
		"https://a.example:0/":                             "has a port that is not a number from 1 to 65535",
		"https://a.example:65536/":                         "has a port that is not a number from 1 to 65535",
		"https://a.example:https/":                         "has a port that is not a number from 1 to 65535",
		"https://a.example:1:2/":                           "has a port that is not a number from 1 to 65535",
		"https://::1/":                                     "has no host",
		"https://[::1/":                                    "has brackets in its host that hold no IPv6 address",
		"https://[127.0.0.1]/":                             "has brackets in its host that hold no IPv6 address",
		"https://[a.example]/":                             "has brackets in its host that hold no IPv6 address",
		"https://[::1%25eth0]/":                            "has brackets in its host that hold no IPv6 address",
		"https://[::1]x/":                                  "has text between its host and the port",
		"https://[::1]:x/":                                 "has a port that is not a number from 1 to 65535",
	} {
		require.EqualError(t, weburl.Check(text), reason, "%q", text)
	}
}

func TestCheckHTTPSRefusesHTTP(t *testing.T) {
	t.Parallel()
	require.NoError(t, weburl.CheckHTTPS("https://a.example/"))
	require.EqualError(t, weburl.CheckHTTPS("http://a.example/"), "is not an absolute https URL")
	require.EqualError(t, weburl.CheckHTTPS("https://a.example/a b"), `has a space; write "%20"`)
}

// Every character that is ASCII is allowed in exactly the parts in which the
// grammar of RFC 3986, appendix A, has it.
func TestCheckKnowsEveryCharacter(t *testing.T) {
	t.Parallel()
	const pchar = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@"
	for c := range 128 {
		ch := string(rune(c))
		inFragment := strings.ContainsRune(pchar, rune(c)) || ch == "/" || ch == "?"
		inPath := inFragment || ch == "#" // which begins the next part, as ? does
		inQuery := inPath
		require.Equal(t, inPath, weburl.Check("https://a.example/a"+ch+"b") == nil, "%q in a path", ch)
		require.Equal(t, inQuery, weburl.Check("https://a.example/?a"+ch+"b") == nil, "%q in a query", ch)
		require.Equal(t, inFragment, weburl.Check("https://a.example/#a"+ch+"b") == nil, "%q in a fragment", ch)
	}
}

func TestEscapedTextStandsForItself(t *testing.T) {
	t.Parallel()
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for _, text := range []string{"", "a b/c?d#e&f=g+h%i", "店 é", string(all)} {
		full := "https://a.example/x" + weburl.Escape(text) + "?q=" + weburl.Escape(text) + "#f" + weburl.Escape(text)
		require.NoError(t, weburl.Check(full))
		u, err := url.Parse(full)
		require.NoError(t, err)
		require.Equal(t, "/x"+text, u.Path)
		require.Equal(t, text, u.Query().Get("q"))
		require.Equal(t, "f"+text, u.Fragment)
	}
}

func FuzzCheck(f *testing.F) {
	for _, seed := range []string{"https://a.example/", "https://u@[::1]:1/%20?q#f", "https://a.example/é", "https://%", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		err := weburl.Check(text)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		u, parseErr := url.Parse(text)
		require.NoError(t, parseErr)
		require.NotEmpty(t, u.Hostname())
		require.True(t, u.Scheme == "https" || u.Scheme == "http")
		for _, c := range []byte(text) {
			require.True(t, c > ' ' && c < 0x7f && !strings.ContainsRune("\"<>\\^`{|}", rune(c)), "%q", text)
		}
	})
}
