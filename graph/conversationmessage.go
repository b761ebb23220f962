package graph

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"strings"
	"time"
)

// messageFields is what the calls for messages ask for by default.
var messageFields = []string{"id", "created_time", "from", "to", "message", "attachments"}

// ConversationMessage is a message as the platform keeps it. What was not asked for is empty.
type ConversationMessage struct {
	Attachments   []json.RawMessage
	Created       time.Time
	From          Participant
	ID            string          // the mid, such as m_…
	IsUnsupported bool            // the platform does not show what it is
	Raw           json.RawMessage // all of it
	Reactions     []json.RawMessage
	ReplyTo       json.RawMessage // the message that this one answers
	Shares        []json.RawMessage
	Story         json.RawMessage // the Instagram story that it is about
	Tags          []string        // such as inbox and sent
	Text          string
	To            []Participant
}

// ConversationMessages lists the messages of a conversation, the newest first: the fields named, or else id, created_time,
// from, to, message and attachments. For all but the 20 newest the platform tells little, or says that they are deleted.
//
// Errors are those of [List]. See
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversations.
func (c *Client) ConversationMessages(ctx context.Context, pageID, conversationID string, fields ...string) iter.Seq2[ConversationMessage, error] {
	if conversationID == "" {
		return noList[ConversationMessage](refuse("conversation: the id is empty"))
	}
	request := Request{PageID: pageID, Path: edge(conversationID, "messages"), Query: queryMessageFields(fields)}
	return listOf(ctx, c, request, decodeConversationMessage)
}

// ConversationMessage returns one message by its mid: the fields named, or else those of [Client.ConversationMessages]. A
// message that is not among the 20 newest of its conversation is refused with subcode 9000001.
//
// Errors are those of [Client.Do]; an answer without an id is a [ResponseError].
func (c *Client) ConversationMessage(ctx context.Context, pageID, mid string, fields ...string) (ConversationMessage, error) {
	if mid == "" {
		return ConversationMessage{}, refuse("message: the id is empty")
	}
	members, raw, err := c.node(ctx, Request{PageID: pageID, Path: url.PathEscape(mid), Query: queryMessageFields(fields)})
	if err != nil {
		return ConversationMessage{}, err
	}
	return decodeConversationMessage(members, raw), nil
}

func queryMessageFields(fields []string) url.Values {
	if len(fields) == 0 {
		fields = messageFields
	}
	return url.Values{"fields": {strings.Join(fields, ",")}}
}

func decodeConversationMessage(members map[string]json.RawMessage, raw json.RawMessage) ConversationMessage {
	return ConversationMessage{
		Attachments:   decodeArray(members["attachments"]),
		Created:       decodeTime(members["created_time"]),
		From:          decodeParticipant(members["from"]),
		ID:            decodeText(members["id"]),
		IsUnsupported: decodeBool(members["is_unsupported"]),
		Raw:           raw,
		Reactions:     decodeArray(members["reactions"]),
		ReplyTo:       members["reply_to"],
		Shares:        decodeArray(members["shares"]),
		Story:         members["story"],
		Tags:          decodeTexts(members["tags"]),
		Text:          decodeText(members["message"]),
		To:            decodeParticipants(members["to"]),
	}
}
