package engine

import (
	"cmp"
	"errors"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// isDelivered reports whether a refusal says that an earlier attempt, whose outcome was unknown,
// has delivered the message. The platform takes one private reply for each comment and post, so the
// second attempt finds the first one's reply.
func isDelivered(s store.QueuedSend, err error) bool {
	return s.Started && errors.Is(err, graph.ErrAlreadyDone)
}

// mayBeDelivered reports whether a refusal leaves an earlier attempt's outcome unknown: Instagram
// answers alike when the comment has its reply, when it is too old and when it is gone.
func mayBeDelivered(s store.QueuedSend, err error) bool {
	refused, ok := errors.AsType[*graph.Error](err)
	return s.Started && ok && refused != nil && refused.Meaning() == graph.MeaningNotReplyable
}

// privateReplyTo returns the id of the comment or post that a message is the private reply to, or
// "".
func privateReplyTo(m sending.Message) string {
	if m.Recipient == nil {
		return ""
	}
	return cmp.Or(m.Recipient.CommentID, m.Recipient.PostID)
}
