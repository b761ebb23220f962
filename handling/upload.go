package handling

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// attachmentLife is how long an attachment id is used: a day less than the
// platform keeps it.
const attachmentLife = 89 * 24 * time.Hour

// File is something to upload.
type File struct {
	// Name tells one upload of a program from another, and is what the
	// attachment id is remembered by: "welcome.png".
	Name string
	// Type is image, audio, video or file.
	Type sending.AttachmentType
	// ContentType is the media type: "image/png".
	ContentType string
	// Open returns the content. It is called when the file must be uploaded.
	Open func() (io.ReadCloser, error)
}

// Upload returns a message with a file of the program's own. The file is
// uploaded once to each page; the id that the platform gives is kept in the
// store and used for 89 days. It is for use inside of Handle.
func Upload(ctx context.Context, pageID string, file File) (sending.Message, error) {
	reader, client := store.From(ctx), graph.From(ctx)
	if reader == nil || client == nil {
		return sending.Message{}, store.ErrNoTurn
	}
	id, err := reader.Attachment(ctx, pageID, file.Name)
	switch {
	case err == nil:
		return sending.Uploaded(file.Type, id), nil
	case !errors.Is(err, store.ErrNotFound):
		return sending.Message{}, err
	}
	content, err := file.Open()
	if err != nil {
		return sending.Message{}, fmt.Errorf("handling: open %s: %w", file.Name, err)
	}
	defer func() { _ = content.Close() }()
	id, err = client.Upload(ctx, pageID, graph.AttachmentType(file.Type), file.Name, file.ContentType, content)
	if err != nil {
		return sending.Message{}, fmt.Errorf("handling: upload %s: %w", file.Name, err)
	}
	err = store.Queue(ctx, store.SaveAttachment{
		PageID: pageID, Name: file.Name, AttachmentID: id, Expires: time.Now().Add(attachmentLife),
	})
	return sending.Uploaded(file.Type, id), err
}
