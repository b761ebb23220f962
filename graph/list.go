package graph

import (
	"context"
	"encoding/json"
	"iter"
	"maps"
	"net/url"
)

// maxEmptyParts is how many parts of a list may come without an element, one after the other. Some do, since the platform
// leaves out what a token may not see.
const maxEmptyParts = 100

// List makes a call that is answered by a list, and hands out its elements in the platform's order, each decoded as
// json.Unmarshal does. It serves the lists that this package has no method for; a json.RawMessage receives an element as it
// is.
//
// A part of the list is fetched when the sequence comes to it, by the cursor of the part before; the query parameter limit
// of the request bounds a part, not the list. The platform's links to the next part are not followed: they carry the token.
// The sequence ends with the list, and when a cursor comes again. Ranging over it again makes the calls again.
//
// A failed call is the last element, with an error of those of [Client.Do], and a [ResponseError] for an answer without a
// list, for one that goes on without a cursor, and for 100 empty parts in a row. An element of another shape than T
// is a ResponseError too, and the sequence goes on after it. See https://developers.facebook.com/docs/graph-api/results.
func List[T any](ctx context.Context, client *Client, request Request) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for raw, err := range client.elements(ctx, request) {
			var element T
			if err == nil && json.Unmarshal(raw, &element) != nil {
				element = *new(T) // without what was decoded before the fault
				err = request.unusable("an element of another shape than asked for")
			}
			if !yield(element, err) {
				return
			}
		}
	}
}

// listOf is List for the types of this package. What is no JSON object is no element of theirs.
func listOf[T any](ctx context.Context, c *Client, request Request, decode func(members map[string]json.RawMessage, raw json.RawMessage) T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for raw, err := range c.elements(ctx, request) {
			if err != nil {
				yield(*new(T), err)
				return
			}
			if members := decodeObject(raw); members != nil && !yield(decode(members, raw), nil) {
				return
			}
		}
	}
}

// noList is the list of a call that is not made.
func noList[T any](err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) { yield(*new(T), err) }
}

// elements walks a list, part by part and once. An error is the last that it hands out.
func (c *Client) elements(ctx context.Context, request Request) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		empty := 0
		seen := map[string]bool{request.Query.Get("after"): true}
		for {
			var raw json.RawMessage
			if err := c.Do(ctx, request, &raw); err != nil {
				yield(nil, err)
				return
			}
			part, fault := decodePart(raw)
			if fault != "" {
				yield(nil, request.unusable(fault))
				return
			}
			for _, element := range part.elements {
				if !yield(element, nil) {
					return
				}
			}
			if empty++; len(part.elements) > 0 {
				empty = 0
			}
			switch {
			case !part.more || part.after != "" && seen[part.after]:
				return
			case part.after == "":
				yield(nil, request.unusable("a list that goes on without a cursor"))
				return
			case empty == maxEmptyParts:
				yield(nil, request.unusable("too many empty parts of a list"))
				return
			}
			seen[part.after] = true
			request.Query = withAfter(request.Query, part.after)
		}
	}
}

func withAfter(query url.Values, cursor string) url.Values {
	query = maps.Clone(query)
	if query == nil {
		query = make(url.Values)
	}
	query.Set("after", cursor)
	return query
}

// part is what one call brings of a list.
type part struct {
	after    string // the cursor of the next part
	elements []json.RawMessage
	more     bool
}

// decodePart reads {"data":[…],"paging":{"cursors":{"after":"…"},"next":"…"}}. A part without next is the last, whatever
// its cursors say. fault is what keeps an answer from being a list.
func decodePart(raw json.RawMessage) (p part, fault string) {
	members := decodeObject(raw)
	if json.Unmarshal(members["data"], &p.elements) != nil || p.elements == nil {
		return part{}, "no list in it"
	}
	paging := decodeObject(members["paging"])
	p.after = decodeText(decodeObject(paging["cursors"])["after"])
	p.more = decodeText(paging["next"]) != ""
	return p, ""
}

// decodeArray returns the elements of an array, bare or as the data of a list within an object.
func decodeArray(raw json.RawMessage) []json.RawMessage {
	if list := decodeObject(raw); list != nil {
		raw = list["data"]
	}
	var elements []json.RawMessage
	if json.Unmarshal(raw, &elements) != nil {
		return nil
	}
	return elements
}

// decodeTexts returns the texts of an array, or the names of the objects in it.
func decodeTexts(raw json.RawMessage) []string {
	var texts []string
	for _, element := range decodeArray(raw) {
		text := decodeText(element)
		if members := decodeObject(element); members != nil {
			text = decodeText(members["name"])
		}
		if text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}
