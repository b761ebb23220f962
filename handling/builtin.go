package handling

import (
	"context"
	"slices"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// Dummy does nothing, for routes that only answer.
type Dummy struct{}

// ShouldHandle is always true.
func (Dummy) ShouldHandle(context.Context, *receiving.Event) bool { return true }

// Handle does nothing.
func (Dummy) Handle(context.Context, *receiving.Event, *sending.Replier) error { return nil }

// SaveMessage keeps each event, with its type, its product and its body. Events without a
// person are kept under an empty one. Kept events are read with
// store.Messages.Received, and purged by age.
type SaveMessage struct{}

// ShouldHandle is always true.
func (SaveMessage) ShouldHandle(context.Context, *receiving.Event) bool { return true }

// Handle queues the write.
func (SaveMessage) Handle(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
	return store.Queue(ctx, store.SaveMessage{Received: store.Received{
		PageID:  ev.PageID,
		PSID:    ev.PSID,
		Key:     ev.Key,
		Type:    string(ev.Type),
		Object:  string(ev.Object),
		Standby: ev.Standby,
		Body:    ev.Raw,
		At:      ev.Time,
	}})
}

// thumbs are the sticker ids of the thumb, from small to large.
var thumbs = []string{"369239263222822", "369239343222814", "369239383222810"}

// ThumbUp counts the thumbs that a person sends. The count is in
// store.Person.ThumbUps, for the route's senders too, as %{thumb_ups}.
type ThumbUp struct{}

// ShouldHandle reports whether the event is a thumb, of any size.
func (ThumbUp) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	m, ok := ev.Payload.(*receiving.Message)
	if !ok || ev.Type != receiving.TypeSticker || ev.PSID == "" {
		return false
	}
	id, _ := m.Sticker()
	return slices.Contains(thumbs, id)
}

// Handles reports TypeSticker and TypeDefault.
func (ThumbUp) Handles(t receiving.Type) bool { return under(t, receiving.TypeSticker) }

// Handle queues the write: one atomic addition.
func (ThumbUp) Handle(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
	return store.Queue(ctx, store.AddThumbUp{PageID: ev.PageID, PSID: ev.PSID})
}

// Location keeps the places that a person sends.
type Location struct{}

// ShouldHandle reports whether the event carries a location.
func (Location) ShouldHandle(_ context.Context, ev *receiving.Event) bool {
	return ev.Type == receiving.TypeLocation && len(locations(ev)) > 0
}

// Handles reports TypeLocation and TypeDefault.
func (Location) Handles(t receiving.Type) bool { return under(t, receiving.TypeLocation) }

// Handle queues one write for each location.
func (Location) Handle(ctx context.Context, ev *receiving.Event, _ *sending.Replier) error {
	for _, a := range locations(ev) {
		err := store.Queue(ctx, store.AddLocation{Location: store.Location{
			PageID:    ev.PageID,
			PSID:      ev.PSID,
			Latitude:  a.Payload.Coordinates.Lat,
			Longitude: a.Payload.Coordinates.Long,
			Title:     a.Title,
			URL:       a.URL,
			MID:       ev.MID(),
			At:        ev.Time,
		}})
		if err != nil {
			return err
		}
	}
	return nil
}

func locations(ev *receiving.Event) []receiving.Attachment {
	m, ok := ev.Payload.(*receiving.Message)
	if !ok || ev.PSID == "" {
		return nil
	}
	var found []receiving.Attachment
	for _, a := range m.Attachments {
		if a.Type == attachment.Location && a.Payload != nil && a.Payload.Coordinates != nil {
			found = append(found, a)
		}
	}
	return found
}
