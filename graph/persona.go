package graph

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"unicode/utf8"

	"github.com/djmessenger/messenger/internal/weburl"
)

// MaxPersonaName is how many characters the name of a persona may have.
const MaxPersonaName = 50

// Persona is a name and a picture under which a page's messages can appear: a person at work, or the bot. A send names it
// by persona_id.
type Persona struct {
	ID         string
	Name       string
	PictureURL string          // where Meta keeps the picture
	Raw        json.RawMessage // all of it
}

const personasPath = Me + "/personas"

// CreatePersona makes a persona of the page and returns its id. The name has 1 to [MaxPersonaName] characters; the platform
// fetches the picture, up to 8 MB, from a URL. Errors are those of [Client.Do]; an answer without an id is a
// [ResponseError]. See
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/personas.
func (c *Client) CreatePersona(ctx context.Context, pageID, name, pictureURL string) (id string, err error) {
	switch {
	case name == "":
		return "", refuse("persona: the name is empty")
	case utf8.RuneCountInString(name) > MaxPersonaName:
		return "", refuse("persona: the name has over " + strconv.Itoa(MaxPersonaName) + " characters")
	}
	if err := weburl.Check(pictureURL); err != nil {
		return "", refuse("persona: the picture's URL " + err.Error())
	}
	body := map[string]string{"name": name, "profile_picture_url": pictureURL}
	return c.create(ctx, Request{Body: body, Method: http.MethodPost, PageID: pageID, Path: personasPath})
}

// Persona returns one persona of the page. Errors are those of [Client.CreatePersona].
func (c *Client) Persona(ctx context.Context, pageID, id string) (Persona, error) {
	if id == "" {
		return Persona{}, refuse("persona: the id is empty")
	}
	members, raw, err := c.node(ctx, Request{PageID: pageID, Path: url.PathEscape(id)})
	if err != nil {
		return Persona{}, err
	}
	return decodePersona(members, raw), nil
}

// Personas lists the personas of the page. Errors are those of [List].
func (c *Client) Personas(ctx context.Context, pageID string) iter.Seq2[Persona, error] {
	return listOf(ctx, c, Request{PageID: pageID, Path: personasPath}, decodePersona)
}

// DeletePersona removes a persona. Errors are those of [Client.Do], and a
// [ResponseError] for an answer that does not report success.
func (c *Client) DeletePersona(ctx context.Context, pageID, id string) error {
	if id == "" {
		return refuse("persona: the id is empty")
	}
	return c.change(ctx, Request{Method: http.MethodDelete, PageID: pageID, Path: url.PathEscape(id)})
}

func decodePersona(members map[string]json.RawMessage, raw json.RawMessage) Persona {
	return Persona{
		ID:         decodeText(members["id"]),
		Name:       decodeText(members["name"]),
		PictureURL: decodeText(members["profile_picture_url"]),
		Raw:        raw,
	}
}
