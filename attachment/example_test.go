package attachment_test

import (
	"fmt"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// A bot sends back the pictures that it got.
func Example() {
	received := []receiving.Attachment{
		{Type: attachment.Image, Payload: &receiving.AttachmentPayload{URL: "https://example.org/cat.png"}},
		{Type: attachment.Location},
	}
	for _, a := range received {
		if a.Type == attachment.Image {
			m := sending.Media(a.Type, a.Payload.URL)
			fmt.Println(m.Attachment.Type, string(m.Attachment.Payload))
		}
	}
	// Output: image {"url":"https://example.org/cat.png"}
}
