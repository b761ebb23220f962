package sending

import (
	"fmt"

	"github.com/djmessenger/messenger/attachment"
)

func (a *Attachment) check(c *check, at string) {
	payload := node{c: c, at: at + ".payload"}
	if len(a.Payload) > 0 {
		var ok bool
		if payload, ok = c.decode(payload.at, a.Payload); !ok {
			return
		}
	}
	if a.isMedia() {
		payload.checkMediaPayload()
		return
	}
	switch a.Type {
	case attachment.Template:
		payload.checkTemplate()
	case attachment.LikeHeart, attachment.MediaShare:
		if c.messenger() {
			c.fail(at+".type", fmt.Sprintf("%s is for Instagram only", a.Type))
		}
		if a.Type == attachment.MediaShare && payload.isObject() && payload.get("id").need() {
			payload.get("id").id()
		}
	case "":
		c.fail(at+".type", "is missing")
	}
}

func (n node) checkMediaPayload() {
	if n.isObject() {
		n.needOne("url", "attachment_id")
		n.get("url").url()
		n.get("attachment_id").id()
	}
}
