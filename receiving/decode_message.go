package receiving

import "github.com/djmessenger/messenger/internal/metadata"

func (d *decoder) message() Payload {
	if !d.object() {
		return nil
	}
	m := new(Message)
	for d.NextKey() {
		switch string(d.Key()) {
		case "mid":
			d.text(&m.MID)
		case "text":
			d.text(&m.Text)
		case "quick_reply":
			m.QuickReply = d.quickReply()
		case "reply_to":
			m.ReplyTo = d.replyTo()
		case "attachments":
			m.Attachments = nil
			d.items(func() { m.Attachments = d.attachment(m.Attachments) })
		case "sticker_id":
			d.id(&m.StickerID)
		case "referral":
			m.Referral = d.referral()
		case "commands":
			m.Commands = nil
			d.items(func() { m.Commands = d.command(m.Commands) })
		case "nlp":
			d.raw(&m.NLP)
		case "nlpv2":
			d.raw(&m.NLPV2)
		case "hop_context":
			m.HopContext = d.hopContext()
		case "is_echo":
			d.flag(&m.IsEcho)
		case "app_id":
			d.id(&m.AppID)
		case "metadata":
			d.text(&m.Metadata)
		case "is_deleted":
			d.flag(&m.IsDeleted)
		case "is_unsupported":
			d.flag(&m.IsUnsupported)
		case "is_self":
			d.flag(&m.IsSelf)
		case "prior_message":
			m.PriorMessage = d.priorMessage()
		default:
			d.Skip()
		}
	}
	if m.IsEcho {
		m.SendKey, m.Metadata = metadata.Decode(m.Metadata)
	}
	return m
}

func (d *decoder) quickReply() *QuickReply {
	if !d.object() {
		return nil
	}
	q := new(QuickReply)
	for d.NextKey() {
		switch string(d.Key()) {
		case "payload":
			d.text(&q.Payload)
		default:
			d.Skip()
		}
	}
	return q
}

func (d *decoder) replyTo() *ReplyTo {
	if !d.object() {
		return nil
	}
	r := new(ReplyTo)
	for d.NextKey() {
		switch string(d.Key()) {
		case "mid":
			d.text(&r.MID)
		case "is_self_reply":
			d.flag(&r.IsSelfReply)
		case "story":
			r.Story = d.story()
		default:
			d.Skip()
		}
	}
	return r
}

func (d *decoder) story() *Story {
	if !d.object() {
		return nil
	}
	s := new(Story)
	for d.NextKey() {
		switch string(d.Key()) {
		case "url":
			d.text(&s.URL)
		case "id":
			d.id(&s.ID)
		default:
			d.Skip()
		}
	}
	return s
}

func (d *decoder) hopContext() *HopContext {
	if !d.object() {
		return nil
	}
	h := new(HopContext)
	for d.NextKey() {
		switch string(d.Key()) {
		case "app_id":
			d.id(&h.AppID)
		case "metadata":
			d.text(&h.Metadata)
		default:
			d.Skip()
		}
	}
	return h
}

func (d *decoder) priorMessage() *PriorMessage {
	if !d.object() {
		return nil
	}
	p := new(PriorMessage)
	for d.NextKey() {
		switch string(d.Key()) {
		case "source":
			d.text(&p.Source)
		case "identifier":
			d.id(&p.Identifier)
		default:
			d.Skip()
		}
	}
	return p
}

func (d *decoder) command(to []Command) []Command {
	if !d.object() {
		return to
	}
	var c Command
	for d.NextKey() {
		switch string(d.Key()) {
		case "name":
			d.text(&c.Name)
		default:
			d.Skip()
		}
	}
	return append(to, c)
}
