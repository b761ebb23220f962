package dialog

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/djmessenger/messenger/receiving"
)

const (
	refusePlace = "Please send a location: tap the plus sign, and then Location."
	refuseFile  = "Please send a file."
	refuseImage = "Please send a picture."
	refuseAudio = "Please send a voice message."
	refuseVideo = "Please send a video."
)

// Place asks for a location, which a person sends from the menu beside the text. What is no
// location, or one without coordinates that exist, is refused; for an address in words use [Text].
func Place() Answer[receiving.Coordinates] {
	return AnswerFunc(func(_ context.Context, in Input) (receiving.Coordinates, error) {
		if m, ok := in.Event.Payload.(*receiving.Message); ok {
			for _, a := range m.Attachments {
				if a.Payload != nil && a.Payload.Coordinates != nil && onEarth(*a.Payload.Coordinates) {
					return *a.Payload.Coordinates, nil
				}
			}
		}
		return receiving.Coordinates{}, Refuse(refusePlace)
	}, func(_ context.Context, at receiving.Coordinates) string {
		return fmt.Sprintf("%.5f, %.5f", at.Lat, at.Long)
	})
}

func onEarth(at receiving.Coordinates) bool {
	return math.Abs(at.Lat) <= 90 && math.Abs(at.Long) <= 180
}

// fileTypes are the types of messages that have a file.
var fileTypes = []receiving.Type{receiving.TypeImage, receiving.TypeAudio, receiving.TypeVideo, receiving.TypeFile}

// File asks for an image, a sound, a video or a file; of the types that are given, or of all
// four. The value is the first attachment of the message that is of these types and has a URL; if a
// program needs the others, it reads them from Run.Event in Check or Then. The URL is the platform's and ends
// after some days: keep the file, not the URL.
func File(types ...receiving.Type) Answer[receiving.Attachment] {
	if len(types) == 0 {
		types = fileTypes
	}
	return file{slices.Clone(types)}
}

type file struct{ types []receiving.Type }

func (file) Choices(context.Context, receiving.Attachment) ([]Choice, error) { return nil, nil }

func (f file) Take(_ context.Context, in Input, into *receiving.Attachment) (bool, error) {
	if m, ok := in.Event.Payload.(*receiving.Message); ok && in.Event.Type != receiving.TypeSticker {
		for _, a := range m.Attachments {
			if a.Payload != nil && a.Payload.StickerID == "" && a.Payload.URL != "" && f.takes(a) {
				*into = a
				return false, nil
			}
		}
	}
	return false, Refuse(f.refuse())
}

func (f file) takes(a receiving.Attachment) bool {
	return slices.ContainsFunc(f.types, func(t receiving.Type) bool { return strings.EqualFold(string(t), string(a.Type)) })
}

func (f file) refuse() string {
	if len(f.types) == 1 {
		switch f.types[0] {
		case receiving.TypeImage:
			return refuseImage
		case receiving.TypeAudio:
			return refuseAudio
		case receiving.TypeVideo:
			return refuseVideo
		}
	}
	return refuseFile
}

// Show shows the kind of the file: its URL means nothing to a person.
func (file) Show(ctx context.Context, a receiving.Attachment) string {
	return translated(ctx, string(a.Type))
}

func (f file) Validate() error {
	for _, t := range f.types {
		if !slices.Contains(fileTypes, t) {
			return fmt.Errorf("%s is no type of a file; there are %v", t, fileTypes)
		}
	}
	return nil
}
