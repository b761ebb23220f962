package simulator

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// oldestVersion is the oldest version of the Graph API that lives: calls with an older one are answered by it.
const oldestVersion = 21

// strangeVersion is what a path with a version in another form begins with.
var strangeVersion = regexp.MustCompile(`^v[0-9][0-9.]*$`)

// warnOfVersion warns of a version that the platform has removed.
func (s *Simulator) warnOfVersion(c *call) {
	major, _, _ := strings.Cut(strings.TrimPrefix(c.version, "v"), ".")
	if n, err := strconv.Atoi(major); err == nil && n < oldestVersion && !c.part {
		c.warn("The platform has removed %s: it answers as v%d.0 does. Today's version is %s.", c.version, oldestVersion, graphVersion)
	}
}

// removedParameters are refused to apps that are new with version 26.0 or 27.0: a bot under development is one. See
// https://developers.facebook.com/docs/graph-api/changelog
var removedParameters = []string{"pretty", "debug", "date_format", "ids", "callback"}

func errRemovedParameter(name string) *GraphError {
	return refuse(0, "The parameter %s is not supported any more", name)
}

// removedEdges are calls that the platform had, with what became of them.
var removedEdges = map[string]string{
	"activities":                  "the platform has no custom app events since September 2024; the Conversions API takes them",
	"broadcast_messages":          "the platform has no broadcasts since February 2020; marketing messages are the way to write to many",
	"broadcast_reach_estimations": "the platform has no broadcasts since February 2020",
	"message_creatives":           "the platform has no broadcasts since February 2020",
	"messenger_codes":             "the platform has no Messenger codes since August 2019; draw an m.me link as a QR code",
	"pass_thread_metadata":        "the platform has none since March 2025; pass_thread_control has metadata",
	"thread_settings":             "the platform has messenger_profile since 2017",
}

// overridden is the method that a parameter method asks for, empty if it is none.
func overridden(method string) string {
	switch method = strings.ToUpper(method); method {
	case http.MethodGet, http.MethodPost, http.MethodDelete:
		return method
	}
	return ""
}

// override makes a call one of the method that its parameter method names.
func (c *call) override() *GraphError {
	v := c.get("method")
	if !v.present() {
		return nil
	}
	method := overridden(v.string())
	if method == "" {
		return refuse(0, "Param method must be one of {GET, POST, DELETE}.")
	}
	c.warn("The parameter method takes the place of the HTTP method %s. The platform allows it to apps that used it before v27.0, and to no others.", c.method)
	c.method = method
	delete(c.values, "method")
	return nil
}

// errPath is the platform's answer to a path that it cannot read.
func errPath(path string) *GraphError {
	return &GraphError{Message: "Unknown path components: " + path, Code: 2500}
}

// callUnknown answers what the simulator does not simulate: with an error that says so, or if the simulator or the page of
// the token is lenient with success and a warning. What the platform has removed is refused as one of its own refusals.
func (s *Simulator) callUnknown(c *call) (any, *GraphError) {
	s.mu.Lock()
	b := s.bearerOf(c.token)
	lenient := s.cfg.Lenient || b.page != nil && b.page.lenient && b.revoked == nil
	s.mu.Unlock()
	since := removedEdges[c.edge]
	if lenient {
		c.page = b.page
		if since == "" {
			since = "the simulator does not know it"
		}
		c.warn("%s %s was answered with success, and nothing was done: %s.", c.method, c.path, since)
		return successful, nil
	}
	if since != "" {
		c.warn("%s %s is refused: %s.", c.method, c.path, since)
		return nil, refuse(0, "%s is not supported any more", fmt.Sprintf("%s %s", c.method, c.path))
	}
	return nil, errNotSimulated(c.method, c.path)
}

// successful is the answer of most calls that change something.
var successful = map[string]bool{"success": true}
