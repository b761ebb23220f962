package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"

	"github.com/djmessenger/messenger/attachment"
)

// Upload sends a file to the platform and returns the attachment id by which this page's messages can show it, for 90
// days. The file is read as it is sent and is never held as a whole; the platform takes images up to 8 MB and other files
// up to 25 MB. contentType is a media type such as image/png.
//
// If r fails, the upload is broken off, nothing is stored, and the error wraps r's own; it is of type [RequestError]. Other
// errors are those of [Client.Do]. A reader cannot be read twice, so there is one attempt. Upload is done with r when it
// returns, unless the context or [Config.UploadTimeout] ended it while a Read of r was blocked; that one Read then goes on.
// See
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/saving-assets.
func (c *Client) Upload(ctx context.Context, pageID string, kind attachment.Type, filename, contentType string, r io.Reader) (attachmentID string, err error) {
	if err := checkUpload(kind, filename, contentType, r); err != nil {
		return "", &RequestError{Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, c.config.UploadTimeout)
	defer cancel()
	reader, writer := io.Pipe()
	stop := context.AfterFunc(ctx, func() { _ = writer.CloseWithError(ctx.Err()) }) // net/http waits for its own Read of the body
	defer stop()
	form := multipart.NewWriter(writer)
	written := make(chan error, 1)
	go func() {
		err := writeUpload(form, kind, filename, contentType, r)
		_ = writer.CloseWithError(err) // nil ends the body as it should
		written <- err
	}()
	answer, err := c.call(ctx, outgoing{
		Request:     Request{Method: http.MethodPost, Once: true, PageID: pageID, Path: Me + "/message_attachments"},
		contentType: form.FormDataContentType(),
		limit:       MaxResponseBytes,
		stream:      reader,
		timeout:     c.config.UploadTimeout,
	})
	_ = reader.Close() // so that the writer ends, whatever happened
	select {
	case cause := <-written:
		if failed, ok := errors.AsType[*readError](cause); ok {
			return "", &RequestError{Err: fmt.Errorf("reading %q: %w", filename, failed.err)}
		}
	case <-ctx.Done(): // r blocks, and nothing can wake it
	}
	if err != nil {
		return "", err
	}
	id := decodeText(answer.object["attachment_id"])
	if id == "" {
		return "", answer.unusable("no attachment_id in it", nil)
	}
	return id, nil
}

func checkUpload(kind attachment.Type, filename, contentType string, r io.Reader) error {
	switch {
	case kind == "":
		return errors.New("upload: the kind of attachment is empty")
	case filename == "":
		return errors.New("upload: the file name is empty")
	case r == nil:
		return errors.New("upload: there is no reader")
	}
	if _, _, err := mime.ParseMediaType(contentType); err != nil {
		return fmt.Errorf("upload: content type %q: %w", contentType, err)
	}
	return nil
}

// writeUpload writes the form. The file comes last, as the platform wants it.
func writeUpload(form *multipart.Writer, kind attachment.Type, filename, contentType string, r io.Reader) error {
	type reusable struct {
		Payload map[string]bool `json:"payload"`
		Type    attachment.Type `json:"type"`
	}
	message, err := json.Marshal(map[string]reusable{
		"attachment": {Payload: map[string]bool{"is_reusable": true}, Type: kind},
	})
	if err != nil {
		return err
	}
	if err := form.WriteField("message", string(message)); err != nil {
		return err
	}
	part, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition("filedata", filename)},
		"Content-Type":        {contentType},
	})
	if err != nil {
		return err
	}
	if _, err := io.Copy(part, fileReader{r}); err != nil {
		return err
	}
	return form.Close()
}

// fileReader marks the errors of the user's reader, to tell them from those of the connection.
type fileReader struct {
	r io.Reader
}

func (f fileReader) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if err != nil && err != io.EOF {
		err = &readError{err: err}
	}
	return n, err
}

type readError struct {
	err error
}

func (e *readError) Error() string { return e.err.Error() }
func (e *readError) Unwrap() error { return e.err }
