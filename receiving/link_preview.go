package receiving

import (
	"net/url"
	"strings"

	"github.com/djmessenger/messenger/attachment"
)

// mainAttachment returns the attachment that a message is about, or nil: the first that does not only preview a link of the text. An
// Instagram share that comes with the post, reel or story that it shares is about that.
func (m *Message) mainAttachment() *Attachment {
	var links []string
	if m.Text != "" && hasPreviewable(m.Attachments) {
		links = linksOf(m.Text)
	}
	var main *Attachment
	for i := range m.Attachments {
		a := &m.Attachments[i]
		switch {
		case a.previews(links):
		case main == nil:
			main = a
		case main.Type == attachment.Share && isShared(a.Type):
			main = a
		}
	}
	return main
}

// isShared reports whether an attachment of this type is a post, reel or story that was shared.
func isShared(t attachment.Type) bool {
	switch classifyAttachment(t) {
	case TypePost, TypeReel, TypeStory:
		return true
	}
	return false
}

func hasPreviewable(list []Attachment) bool {
	for i := range list {
		if list[i].isPreviewable() {
			return true
		}
	}
	return false
}

// isPreviewable reports whether the platform shows links of a text by such an attachment.
func (a *Attachment) isPreviewable() bool {
	return a.Type == attachment.Fallback || a.Type == attachment.Share
}

// previews reports whether the attachment only shows one of these links.
func (a *Attachment) previews(links []string) bool {
	if len(links) == 0 || !a.isPreviewable() {
		return false
	}
	for _, address := range []string{a.URL, a.payloadURL()} {
		link := canonicalLink(address)
		for i := range links {
			if link != "" && link == links[i] {
				return true
			}
		}
	}
	return false
}

func (a *Attachment) payloadURL() string {
	if a.Payload == nil {
		return ""
	}
	return a.Payload.URL
}

const (
	// maxLinkedText is the most bytes of a text that are searched for links; the platform's limit is far below it.
	maxLinkedText = 32 << 10
	// maxLinks is how many links of a text are found.
	maxLinks = 32
)

// linksOf returns the links of a text in their canonical form.
func linksOf(text string) []string {
	var links []string
	add := func(address string) {
		if link := canonicalLink(address); link != "" && len(links) < maxLinks {
			links = append(links, link)
		}
	}
	for word := range strings.FieldsSeq(text[:min(len(text), maxLinkedText)]) {
		word = word[schemeAt(word):] // which is not its beginning after a bracket, or in a script without spaces
		if !strings.ContainsAny(word, "./") {
			continue
		}
		word = strings.TrimLeft(word, `<([{"'`)
		add(word)
		if trimmed := strings.TrimRight(word, `>)]}"',.;:!?`); trimmed != word {
			add(trimmed)
		}
		if end := strings.IndexFunc(word, func(r rune) bool { return r > 0x7f }); end > 0 {
			add(strings.TrimRight(word[:end], `>)]}"',.;:!?`))
		}
	}
	return links
}

// schemeAt returns where in a word a scheme of the web begins, in upper or lower case; 0 if there is none.
func schemeAt(word string) int {
	const scheme = "http"
	for i := range len(word) - len(scheme) + 1 {
		if strings.EqualFold(word[i:i+len(scheme)], scheme) {
			return i
		}
	}
	return 0
}

// canonicalLink returns what two spellings of one web address have in common, without the platform's own wrapping; "" if it is no web
// address.
func canonicalLink(address string) string {
	u := webAddress(address)
	if u != nil && isLinkShim(u) {
		u = webAddress(u.Query().Get("u"))
	}
	if u == nil {
		return ""
	}
	query := u.Query()
	query.Del("fbclid") // the platform adds it
	host := strings.TrimPrefix(strings.ToLower(u.Host), "www.")
	return host + strings.TrimRight(u.Path, "/") + "?" + query.Encode() + "#" + u.Fragment
}

// webAddress parses an address of the web, whose scheme may be missing.
func webAddress(address string) *url.URL {
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || !strings.Contains(u.Hostname(), ".") {
		return nil
	}
	return u
}

// isLinkShim reports whether an address is one of those by which the platform leads to another, which it has in "u".
func isLinkShim(u *url.URL) bool {
	switch strings.ToLower(u.Hostname()) {
	case "l.facebook.com", "lm.facebook.com", "l.messenger.com", "l.instagram.com":
		return true
	case "facebook.com", "www.facebook.com", "m.facebook.com":
		return u.Path == "/l.php"
	}
	return false
}
