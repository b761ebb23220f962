package command

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/djmessenger/messenger/internal/graphhosts"
)

// shell is how variables are set, and for a language which variables its clients need.
type shell struct {
	name   string
	assign string // of name and quoted value
	fail   string // a line that fails when it is evaluated; "" where nothing is evaluated
	quote  func(string) string
	client func(*script, client) // of a language
	bundle bool                  // its variables replace the roots
}

// client is what the variables of a language are made of.
type client struct {
	kit     *graphhosts.Kit
	address string
	env     func(string) string
}

const (
	exportLine = "export %s=%s\n"
	failPOSIX  = "false # simulate env failed"
)

// shells are all of them. What a language needs was tried with its clients: docs/simulator.md has the table.
var shells = []shell{
	{name: "sh", assign: exportLine, fail: failPOSIX, quote: quotePOSIX},
	{name: "fish", assign: "set -gx %s %s\n", fail: failPOSIX, quote: quoteFish},
	{name: "powershell", assign: "$env:%s = %s\n", fail: "throw 'simulate env failed'", quote: quotePowerShell},
	{name: "dotenv", assign: "%s=%s\n", quote: quoteDotenv},
	{name: "node", assign: exportLine, fail: failPOSIX, quote: quotePOSIX, client: forNode},
	{name: "python", assign: exportLine, fail: failPOSIX, quote: quotePOSIX, client: forPython, bundle: true},
	{name: "ruby", assign: exportLine, fail: failPOSIX, quote: quotePOSIX, client: forRuby, bundle: true},
	{name: "php", assign: exportLine, fail: failPOSIX, quote: quotePOSIX, client: forPHP, bundle: true},
	{name: "go", assign: exportLine, fail: failPOSIX, quote: quotePOSIX, client: forGo, bundle: true},
	{name: "curl", assign: exportLine, fail: failPOSIX, quote: quotePOSIX, client: forCurl, bundle: true},
}

func shellNames() []string {
	var names []string
	for _, s := range shells {
		names = append(names, s.name)
	}
	return names
}

// failureOf is what is printed for a shell when the command fails. One that is not known is taken for a POSIX shell.
func failureOf(name string) string {
	line := failPOSIX
	for _, s := range shells {
		if s.name == name {
			line = s.fail
		}
	}
	if line == "" {
		return ""
	}
	return line + "\n"
}

// script is what is printed.
type script struct {
	assign string
	quote  func(string) string
	text   strings.Builder
}

func (s *script) set(name, value string) { fmt.Fprintf(&s.text, s.assign, name, s.quote(value)) }

func (s *script) note(format string, args ...any) { fmt.Fprintf(&s.text, "# "+format+"\n", args...) }

// forNode redirects connections in the process itself: it works for every client, and other hosts are reached as before.
func forNode(s *script, c client) {
	s.note("Connections to graph.facebook.com go to the simulator; all others stay as they are.")
	s.set("MESSENGER_SIMULATOR", "http://"+c.address)
	s.set("NODE_EXTRA_CA_CERTS", c.kit.Bundle)
	script := filepath.ToSlash(c.kit.Preload)
	if strings.ContainsAny(script, ` "\`) {
		script = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(script) + `"`
	}
	options := c.env("NODE_OPTIONS")
	if !strings.Contains(options, script) {
		options = strings.TrimSpace(options + " --require " + script)
	}
	s.set("NODE_OPTIONS", options)
}

func forPython(s *script, c client) {
	s.proxy(c, "HTTPS_PROXY", "https_proxy")
	s.set("REQUESTS_CA_BUNDLE", c.kit.Bundle)
	s.set("SSL_CERT_FILE", c.kit.Bundle)
	s.note("requests reads REQUESTS_CA_BUNDLE, urllib SSL_CERT_FILE.")
}

func forRuby(s *script, c client) {
	s.proxy(c, "http_proxy", "https_proxy", "HTTPS_PROXY")
	s.set("SSL_CERT_FILE", c.kit.Bundle)
	s.note("Net::HTTP reads http_proxy, for https too; plain http to other hosts goes there as well.")
}

func forPHP(s *script, c client) {
	s.proxy(c, "HTTPS_PROXY", "https_proxy")
	dirs := c.env("PHP_INI_SCAN_DIR")
	if !strings.Contains(dirs, c.kit.PHP) {
		dirs += string(os.PathListSeparator) + c.kit.PHP // an empty one before it stands for PHP's own
	}
	s.set("PHP_INI_SCAN_DIR", dirs)
	s.note("This is for the curl extension. Streams (file_get_contents) take no proxy: they need an entry in the hosts file and --listen localhost:443.")
}

func forGo(s *script, c client) {
	s.proxy(c, "HTTPS_PROXY", "https_proxy")
	s.set("SSL_CERT_FILE", c.kit.Bundle)
	s.note("On macOS and Windows Go asks the system for roots: give the client the address of the Graph API there.")
}

func forCurl(s *script, c client) {
	s.proxy(c, "HTTPS_PROXY", "https_proxy")
	s.set("CURL_CA_BUNDLE", c.kit.Bundle)
	s.note(`Try: curl "https://graph.facebook.com/me?access_token=$%s"`, envPageToken)
}

// proxy sets the variables of a proxy, in both spellings that clients prefer.
func (s *script) proxy(c client, names ...string) {
	s.note("All https of the bot goes through the simulator, which refuses other hosts: name those in NO_PROXY, or start it with --others tunnel.")
	for _, name := range names {
		s.set(name, "http://"+c.address)
	}
	local := "localhost,127.0.0.1,::1"
	without := c.env("NO_PROXY")
	if without == "" {
		without = c.env("no_proxy")
	}
	switch {
	case without == "":
		without = local
	case !strings.Contains(without, local):
		without = strings.TrimSuffix(without, ",") + "," + local
	}
	s.set("NO_PROXY", without)
	s.set("no_proxy", without)
}

// plain is a value that no shell reads otherwise.
var plain = regexp.MustCompile(`^[A-Za-z0-9_./:@+,-]+$`)

func quotePOSIX(value string) string {
	if plain.MatchString(value) {
		return value
	}
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}

func quoteFish(value string) string {
	if plain.MatchString(value) {
		return value
	}
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(value) + "'"
}

func quotePowerShell(value string) string { return "'" + strings.ReplaceAll(value, "'", "''") + "'" }

func quoteDotenv(value string) string {
	switch {
	case plain.MatchString(value):
		return value
	case !strings.Contains(value, "'"):
		return "'" + value + "'"
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`).Replace(value) + `"`
}
