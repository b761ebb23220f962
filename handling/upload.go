package handling

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"path"
	"strings"
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

// FileFrom is a file of a file system, such as an embedded one or
// os.DirFS. Its media type is that of the name's extension, and says whether it
// is an image, a sound or a video; all else is a file.
func FileFrom(fsys fs.FS, name string) File {
	contentType := cmp.Or(mime.TypeByExtension(path.Ext(name)), "application/octet-stream")
	kind := sending.AttachmentFile
	switch major, _, _ := strings.Cut(contentType, "/"); major {
	case "image", "audio", "video":
		kind = sending.AttachmentType(major)
	}
	return File{Name: name, Type: kind, ContentType: contentType, Open: func() (io.ReadCloser, error) { return fsys.Open(name) }}
}

// Upload returns a message with a file of the program's own. The file is
// uploaded once to each page; the id that the platform gives is kept in the
// store and used for 89 days. It is for use inside of Handle: elsewhere it
// returns [store.ErrNoTurn]. Other errors are those of Open and of
// graph.Client.Upload.
func Upload(ctx context.Context, pageID string, file File) (sending.Message, error) {
	return uploadOnce(ctx, pageID, file.Type, file.Name, func(client *graph.Client) (string, error) {
		content, err := file.Open()
		if err != nil {
			return "", err
		}
		defer func() { _ = content.Close() }()
		return client.Upload(ctx, pageID, graph.AttachmentType(file.Type), path.Base(file.Name), file.ContentType, content)
	})
}

// UploadURL is [Upload] of what the platform is to fetch from a URL, which is
// the name that the attachment id is remembered by.
func UploadURL(ctx context.Context, pageID string, kind sending.AttachmentType, url string) (sending.Message, error) {
	return uploadOnce(ctx, pageID, kind, url, func(client *graph.Client) (string, error) {
		return client.UploadURL(ctx, pageID, graph.AttachmentType(kind), url)
	})
}

func uploadOnce(ctx context.Context, pageID string, kind sending.AttachmentType, name string, upload func(*graph.Client) (string, error)) (sending.Message, error) {
	reader, client := store.From(ctx), graph.From(ctx)
	if reader == nil || client == nil {
		return sending.Message{}, store.ErrNoTurn
	}
	id, err := reader.Attachment(ctx, pageID, name)
	switch {
	case err == nil:
		return sending.Uploaded(kind, id), nil
	case !errors.Is(err, store.ErrNotFound):
		return sending.Message{}, err
	}
	if id, err = upload(client); err != nil {
		return sending.Message{}, fmt.Errorf("handling: upload %s: %w", name, err)
	}
	err = store.Queue(ctx, store.SaveAttachment{
		PageID: pageID, Name: name, AttachmentID: id, Expires: time.Now().Add(attachmentLife),
	})
	return sending.Uploaded(kind, id), err
}
