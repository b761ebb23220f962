package graph

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Platform is where a conversation takes place.
type Platform string

// The platforms that a page's conversations take place on.
const (
	PlatformInstagram Platform = "instagram"
	PlatformMessenger Platform = "messenger"
)

// Conversation is what passed between a page and a person. What was not asked for is empty.
type Conversation struct {
	ID           string                // such as t_…
	IsOwner      bool                  // the app controls it; told only with Conversation Routing
	Messages     []ConversationMessage // newest first, as many as come with the conversation
	Participants []Participant
	Raw          json.RawMessage // all of it
	Updated      time.Time       // when the last message came or went
}

// Participant is one side of a conversation: a person, a page, or an Instagram account.
type Participant struct {
	Email    string // Messenger
	ID       string
	Name     string // Messenger
	Username string // Instagram
}

// ConversationQuery narrows [Client.Conversations]. Its zero value is every conversation on Messenger.
type ConversationQuery struct {
	// Fields are what to ask for, such as participants, messages{id,message} and is_owner. Default: participants and
	// updated_time. The id comes always.
	Fields []string
	// Folder is a folder of the inbox, such as inbox or spam. Default: the platform's.
	Folder string
	// Limit bounds how many conversations one call fetches. Default: the platform's.
	Limit int
	// Platform is where the conversations take place. Default: PlatformMessenger.
	Platform Platform
	// UserID is a person, by their PSID or their Instagram-scoped id. Default: everyone.
	UserID string
}

// Conversations lists the conversations of the page, the one with the latest message first. The platform allows 2 calls of
// the Conversations API a second for each page.
//
// Errors are those of [List]. See
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversations.
func (c *Client) Conversations(ctx context.Context, pageID string, query ConversationQuery) iter.Seq2[Conversation, error] {
	if query.Limit < 0 {
		return noList[Conversation](refuse("conversations: the limit is negative"))
	}
	if len(query.Fields) == 0 {
		query.Fields = []string{"participants", "updated_time"}
	}
	values := url.Values{"fields": {strings.Join(query.Fields, ",")}, "platform": {string(PlatformMessenger)}}
	if query.Platform != "" {
		values.Set("platform", string(query.Platform))
	}
	if query.Folder != "" {
		values.Set("folder", query.Folder)
	}
	if query.Limit > 0 {
		values.Set("limit", strconv.Itoa(query.Limit))
	}
	if query.UserID != "" {
		values.Set("user_id", query.UserID)
	}
	return listOf(ctx, c, Request{PageID: pageID, Path: Me + "/conversations", Query: values}, decodeConversation)
}

func decodeConversation(members map[string]json.RawMessage, raw json.RawMessage) Conversation {
	conversation := Conversation{
		ID:           decodeText(members["id"]),
		IsOwner:      decodeBool(members["is_owner"]),
		Participants: decodeParticipants(members["participants"]),
		Raw:          raw,
		Updated:      decodeTime(members["updated_time"]),
	}
	for _, element := range decodeArray(members["messages"]) {
		if message := decodeObject(element); message != nil {
			conversation.Messages = append(conversation.Messages, decodeConversationMessage(message, element))
		}
	}
	return conversation
}

func decodeParticipants(raw json.RawMessage) []Participant {
	var participants []Participant
	for _, element := range decodeArray(raw) {
		if decodeObject(element) != nil {
			participants = append(participants, decodeParticipant(element))
		}
	}
	return participants
}

func decodeParticipant(raw json.RawMessage) Participant {
	members := decodeObject(raw)
	return Participant{
		Email:    decodeText(members["email"]),
		ID:       decodeText(members["id"]),
		Name:     decodeText(members["name"]),
		Username: decodeText(members["username"]),
	}
}
