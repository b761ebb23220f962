package receiving

import "cmp"

// identityBy says what makes two values of a field the same.
type identityBy int

const (
	// identityContent: they are written the same.
	identityContent identityBy = iota
	// identityComment: they have one id, and one verb. The platform documents no verb, and no change of an Instagram comment.
	identityComment
	// identityMention: they are in one comment, or in the caption of one medium, and have one verb, which is not documented either.
	identityMention
	// identityFeed: they add one comment or post. All else is the same if it is written the same, since a post may be edited,
	// hidden or liked again and again.
	identityFeed
	// identityPageMention: they are new in one comment, or in one post, whatever that contains. All else is as in identityFeed.
	identityPageMention
)

// own returns what identifies a value, if that is its ids alone; nil if it is its content.
func (s *splitter) own(by identityBy, of *subject) []byte {
	switch by {
	case identityComment:
		return s.join(cmp.Or(of.own, of.comment), of.verb)
	case identityMention:
		return s.join(cmp.Or(of.comment, of.media), of.media, of.verb)
	case identityFeed:
		if of.verb != "add" {
			return nil
		}
		switch {
		case of.item == itemComment:
			return s.join(of.comment, of.item)
		case isPost(of.item):
			// A post with several photos is several events, and an unpublished post is another event when it is published.
			return s.join(of.post, of.item, of.photo, of.video, of.share, of.event, of.album, of.published)
		}
	case identityPageMention:
		if of.verb != "add" {
			return nil
		}
		switch {
		case of.item == itemComment:
			return s.join(of.comment, of.item)
		case isPost(of.item):
			return s.join(of.post)
		}
	case identityContent:
	}
	return nil
}

// join joins ids, of which the first must not be empty: without it they identify nothing.
func (s *splitter) join(ids ...string) []byte {
	if ids[0] == "" {
		return nil
	}
	start := len(s.mids)
	for _, id := range ids {
		s.mids = append(append(s.mids, id...), 0)
	}
	return s.mids[start:]
}

// feedField reads a field of something on a feed.
func (s *splitter) feedField(of *subject) {
	switch string(s.Key()) {
	case "item":
		s.quiet(&of.item)
	case "verb":
		s.quiet(&of.verb)
	case "photo_id":
		s.quiet(&of.photo)
	case "video_id":
		s.quiet(&of.video)
	case "share_id":
		s.quiet(&of.share)
	case "event_id":
		s.quiet(&of.event)
	case "album_id":
		s.quiet(&of.album)
	case "published":
		s.quiet(&of.published)
	default:
		s.Skip()
	}
}

// quiet reads any scalar. What is none is left to [Envelope.Event] to report.
func (s *splitter) quiet(to *string) {
	*to = ""
	switch s.Kind() {
	case '"':
		if text := s.Text(); len(text) <= maxName {
			*to = string(text)
		}
	case '{', '[', 'n':
		s.Skip()
	default:
		*to = string(s.Value())
	}
}
