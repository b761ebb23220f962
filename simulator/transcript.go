package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// TranscriptVersion is the version of [Transcript] that [Simulator.Transcript] makes.
const TranscriptVersion = 1

// Transcript is the conversation of one person with a page: what they did, and what the bot sent, as JSON of the platform. What
// differs each time is replaced by a placeholder in double braces, so that two conversations in which the same was said are
// equal: {{person}} and {{page}} are their ids, {{message 3}} is the third message, {{attachment 1}} and the like are ids that the platform
// gave out, {{local}} is an address of this machine with its port, {{time}} and 0 are times. Package scenario plays it again.
type Transcript struct {
	Version int    `json:"transcript"` // [TranscriptVersion]
	Person  Person `json:"person"`     // PageID is empty for the page of [Config.PageID]

	// Ignore are regular expressions (RE2) for what the bot draws anew each time, such as the number of an order. A replay takes two texts
	// that differ only there for equal. Simulator.Transcript makes none; people add them to a file.
	Ignore []string `json:"ignore,omitempty"`

	Entries []TranscriptEntry `json:"entries"`
}

// TranscriptEntry is one thing that happened. It has one of Act, Posted, Blocked and Call.
type TranscriptEntry struct {
	// Act is what the person did, and Event the element of the callback that tells the bot, if there is one. It is there also if the page is
	// not subscribed to the field.
	Act   *Act            `json:"act,omitempty"`
	Event json.RawMessage `json:"event,omitempty"`

	// Posted is "event" or "standby" if Event was posted by [Simulator.Post] or [Simulator.PostStandby] in place of an act.
	Posted string `json:"posted,omitempty"`

	// Blocked is true if the person blocked the page, and false if they took that back.
	Blocked *bool `json:"blocked,omitempty"`

	// Call is the body of the bot's call of the Send API, a message or a sender action. Calls that were refused are not here.
	Call json.RawMessage `json:"call,omitempty"`
	// By is the id of the app that sent it, if that is not the bot: people at work answer by [InboxApp].
	By string `json:"by,omitempty"`

	// Message is the placeholder of the message that it made, if any.
	Message string `json:"message,omitempty"`
}

// ErrForgotten is returned, wrapped with the id, for the transcript of a conversation of which a part is not kept any more: it is
// longer than [Config.History], or what went over the wire was larger than is kept.
var ErrForgotten = errors.New("simulator: a part of this conversation is not kept any more")

// Transcript returns the conversation with a person from its beginning: since they were added, or [Simulator.Reset] or
// [Simulator.ForgetConversation]. It is [ErrNoPerson], or [ErrForgotten].
func (s *Simulator) Transcript(psid string) (Transcript, error) {
	t, told, err := s.told(psid)
	if err != nil {
		return Transcript{}, err
	}
	names := placeholdersOf(told, psid)
	for _, h := range told.story {
		m, known := told.messages[h.MID]
		if h.MID != "" && (!known || m.Raw == nil && m.AppID == told.appID) {
			return Transcript{}, fmt.Errorf("%w: %s", ErrForgotten, psid)
		}
		t.Entries = append(t.Entries, names.entry(told, h, m))
	}
	return t, nil
}

// told is what a transcript is made of: a copy, because the making takes its time.
type told struct {
	pageID, appID string
	tokens        []string

	story    []happening
	messages map[string]Message
}

func (s *Simulator) told(psid string) (Transcript, told, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	pg := s.home[psid]
	if pg == nil {
		return Transcript{}, told{}, fmt.Errorf("%w: %s", ErrNoPerson, psid)
	}
	t := Transcript{Version: TranscriptVersion, Person: *pg.people[psid], Entries: []TranscriptEntry{}}
	t.Person.ID = "{{person}}"
	if pg == s.main {
		t.Person.PageID = ""
	}
	parts := told{pageID: pg.id, tokens: pg.tokenOwner().tokenTexts(), appID: pg.appID, messages: map[string]Message{}}
	if c := pg.conversations[psid]; c != nil {
		if c.lost {
			return Transcript{}, told{}, fmt.Errorf("%w: %s", ErrForgotten, psid)
		}
		parts.story = slices.Clone(c.story)
		for _, m := range c.messages {
			parts.messages[m.ID] = *m
		}
	}
	return t, parts, nil
}

// entry is what happened, with placeholders. m is the message that it made, if any.
func (n *placeholders) entry(of told, h happening, m Message) TranscriptEntry {
	raw := h.Raw
	e := TranscriptEntry{Posted: h.Posted, Blocked: h.Blocked}
	if h.MID != "" {
		raw, e.Message = m.Raw, n.text(m.ID)
	}
	switch {
	case h.Act != nil:
		e.Act, e.Event = n.act(*h.Act), n.json(raw)
	case h.Posted != "":
		e.Event = n.json(raw)
	case h.Blocked != nil:
	case h.MID != "" && m.AppID != of.appID:
		e.By = m.AppID
		e.Call = n.json(mustJSON(map[string]any{"recipient": party{ID: m.PSID}, "message": map[string]string{"text": m.Text}}))
	default:
		e.Call = n.json(raw)
	}
	return e
}

// Encode is the transcript as a file has it: JSON that is indented, and ends in a newline.
func (t Transcript) Encode() []byte {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	_ = enc.Encode(t) // its parts were JSON
	return out.Bytes()
}

// Sees is what the person sees of a call: the message without what the platform adds, such as its mid. ok is false if they see no
// message: of a sender action, and of an entry that is no call.
func (e TranscriptEntry) Sees() (m Message, ok bool) {
	type wire struct {
		Type    string
		Payload json.RawMessage
	}
	var call struct {
		Message *struct {
			Text         string
			QuickReplies []QuickReply `json:"quick_replies"`
			Attachment   *wire
			Attachments  []wire
		}
	}
	if json.Unmarshal(e.Call, &call) != nil || call.Message == nil {
		return Message{}, false
	}
	m = Message{From: FromPage, Kind: KindMessage, Text: call.Message.Text, QuickReplies: call.Message.QuickReplies, Raw: e.Call}
	all := call.Message.Attachments
	if call.Message.Attachment != nil {
		all = append(all, *call.Message.Attachment)
	}
	for _, one := range all {
		a := Attachment{Type: one.Type}
		if one.Type == "template" {
			a.Template = &Template{Raw: one.Payload}
			_ = json.Unmarshal(one.Payload, a.Template) // as much as it has
			a.Template.Raw = one.Payload
		} else {
			var media struct {
				URL          string
				AttachmentID string `json:"attachment_id"`
				StickerID    string `json:"sticker_id"`
			}
			_ = json.Unmarshal(one.Payload, &media)
			a.URL, a.AttachmentID, a.StickerID = media.URL, media.AttachmentID, media.StickerID
		}
		m.Attachments = append(m.Attachments, a)
	}
	return m, true
}
