package engine

import (
	"slices"
	"strconv"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/store"
)

// decodeKept puts a kept event back into each place of a callback that it can have come
// from, and returns the one with its key and its type; nil if there is none. The bytes
// stay as they are: the key can be a digest of them. If the record names no product, the
// type decides, and the event counts as not on standby.
func decodeKept(kept store.Received) *receiving.Event {
	if kept.Type == string(receiving.TypeSignal) {
		return decodeKeptSignal(kept)
	}
	entry := `{"id":` + strconv.Quote(kept.PageID) + `,"time":` + strconv.FormatInt(kept.At.UnixMilli(), 10) + `,"`
	object := receiving.Object(kept.Object)
	if kept.Object == "" {
		object = receiving.ObjectPage
		if source := receiving.Type(kept.Type).Source(); source.Page == "" && source.Instagram != "" {
			object = receiving.ObjectInstagram
		}
	}
	for _, around := range [][2]string{
		{entry + `messaging":[`, `]}`}, {entry + `changes":[`, `]}`}, {entry + `calls":[`, `]}`}, {"", ""},
	} {
		callback, err := receiving.Split(slices.Concat(
			[]byte(`{"object":`+strconv.Quote(string(object))+`,"entry":[`+around[0]), kept.Body, []byte(around[1]+`]}`)))
		if err != nil {
			continue
		}
		for _, envelope := range callback.Envelopes {
			if envelope.Key != kept.Key {
				continue
			}
			if kept.Object != "" {
				envelope.Standby = kept.Standby
			}
			if ev, _ := envelope.Event(); string(ev.Type) == kept.Type {
				return ev
			}
		}
	}
	return nil
}

// decodeKeptSignal decodes a signal that SaveMessage has kept. When it was raised was not kept.
func decodeKeptSignal(kept store.Received) *receiving.Event {
	var e receiving.Envelope
	if e.UnmarshalBinary(slices.Concat([]byte(`{"v":1,"signal":`), kept.Body, []byte(`}`))) != nil || e.Signal == nil {
		return nil
	}
	e.Key, e.Object, e.PageID, e.PSID, e.Thread, e.Time = kept.Key, receiving.Object(kept.Object), kept.PageID, kept.PSID, kept.PSID, kept.At
	ev, _ := e.Event()
	return ev
}
