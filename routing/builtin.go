package routing

import (
	"context"
	"embed"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// BuiltIn returns the policy of a bot that names none: it keeps every event
// and every profile, counts thumbs and thanks for them with a text and an
// image, greets "hi" and "你好", and keeps locations.
func BuiltIn() Policy {
	return Policy{
		receiving.TypeDefault: {
			{Handler: handling.SaveMessage{}},
			{Handler: handling.UserProfile{}},
		},
		receiving.TypeSticker: {
			{Handler: handling.ThumbUp{}, Senders: sending.List(sending.SimpleMessage{Text: "Thanks for the thumb!"})},
			{Handler: ThumbImage{}},
		},
		receiving.TypeSimpleText: {
			{Handler: handling.SimpleText{Pattern: "hi"}, Senders: sending.List(sending.SimpleMessage{Text: "Hi, %{first_name|there}!"})},
			{Handler: handling.SimpleText{Pattern: "你好"}, Senders: sending.List(sending.SimpleMessage{Text: "您也好"})},
		},
		receiving.TypeLocation: {
			{Handler: handling.Location{}},
		},
	}
}

//go:embed thumb.png
var files embed.FS

var thumb = handling.FileFrom(files, "thumb.png")

// ThumbImage answers a thumb with the image of [BuiltIn]. It has a route of its own, so that
// a refused upload does not cost the text.
type ThumbImage struct{}

// ShouldHandle reports whether the event is a thumb.
func (ThumbImage) ShouldHandle(ctx context.Context, ev *receiving.Event) bool {
	return handling.ThumbUp{}.ShouldHandle(ctx, ev)
}

// Handle uploads the image, once for each page, and answers with it.
func (ThumbImage) Handle(ctx context.Context, ev *receiving.Event, reply *sending.Replier) error {
	image, err := handling.Upload(ctx, ev.PageID, thumb)
	switch {
	case err == nil:
		return reply.Reply(ctx, image)
	case graph.Classify(err) == graph.RetryNever:
		return handling.Permanent(err)
	default:
		return err
	}
}
