package receiving

func (d *decoder) inboxLabel(string) Payload {
	if !d.object() {
		return nil
	}
	l := new(InboxLabel)
	for d.NextKey() {
		switch string(d.Key()) {
		case "user":
			l.User = d.labelledUser()
		case "action":
			d.text(&l.Action)
		case "label":
			l.Label = d.label()
		default:
			d.Skip()
		}
	}
	return l
}

func (d *decoder) labelledUser() *LabelledUser {
	if !d.object() {
		return nil
	}
	u := new(LabelledUser)
	for d.NextKey() {
		switch string(d.Key()) {
		case "id":
			d.id(&u.ID)
		default:
			d.Skip()
		}
	}
	return u
}

func (d *decoder) label() *Label {
	if !d.object() {
		return nil
	}
	l := new(Label)
	for d.NextKey() {
		switch string(d.Key()) {
		case "id":
			d.id(&l.ID)
		case "page_label_name":
			d.text(&l.PageLabelName)
		default:
			d.Skip()
		}
	}
	return l
}

func (d *decoder) marketingMessage(field string) Payload {
	if !d.object() {
		return nil
	}
	m := &MarketingMessage{Field: field}
	for d.NextKey() {
		switch string(d.Key()) {
		case "recipient_id":
			d.id(&m.RecipientID)
		case "page_id":
			d.id(&m.PageID)
		case "app_id":
			d.id(&m.AppID)
		case "timestamp":
			d.time(&m.Timestamp)
		case "mid":
			d.text(&m.MID)
		case "marketing_message_tracking_id":
			d.id(&m.TrackingID)
		case "messenger_subscription_token":
			d.id(&m.SubscriptionToken)
		case "message_id":
			d.id(&m.MessageID)
		case "business_id":
			d.id(&m.BusinessID)
		case "error_message":
			d.text(&m.ErrorMessage)
		default:
			d.Skip()
		}
	}
	return m
}

func (d *decoder) messageTemplateStatus(string) Payload {
	if !d.object() {
		return nil
	}
	s := new(MessageTemplateStatus)
	for d.NextKey() {
		switch string(d.Key()) {
		case "event":
			d.text(&s.Event)
		case "message_template_id":
			d.id(&s.MessageTemplateID)
		case "message_template_name":
			d.text(&s.MessageTemplateName)
		case "message_template_language":
			d.text(&s.MessageTemplateLanguage)
		case "reason":
			d.text(&s.Reason)
		default:
			d.Skip()
		}
	}
	return s
}

func (d *decoder) businessIntegrity(string) Payload {
	if !d.object() {
		return nil
	}
	b := new(BusinessIntegrity)
	for d.NextKey() {
		switch string(d.Key()) {
		case "timestamp":
			d.time(&b.Timestamp)
		case "status":
			d.text(&b.Status)
		case "violations":
			b.Violations = nil
			d.items(func() { b.Violations = d.violation(b.Violations) })
		case "restrictions":
			b.Restrictions = nil
			d.items(func() { b.Restrictions = d.restriction(b.Restrictions) })
		case "action_events":
			b.ActionEvents = nil
			d.items(func() { b.ActionEvents = d.integrityAction(b.ActionEvents) })
		default:
			d.Skip()
		}
	}
	return b
}

func (d *decoder) violation(to []BusinessIntegrityViolation) []BusinessIntegrityViolation {
	if !d.object() {
		return to
	}
	var v BusinessIntegrityViolation
	for d.NextKey() {
		switch string(d.Key()) {
		case "type":
			d.text(&v.Type)
		case "description":
			d.text(&v.Description)
		case "url":
			d.text(&v.URL)
		default:
			d.Skip()
		}
	}
	return append(to, v)
}

func (d *decoder) restriction(to []BusinessIntegrityRestriction) []BusinessIntegrityRestriction {
	if !d.object() {
		return to
	}
	var r BusinessIntegrityRestriction
	for d.NextKey() {
		switch string(d.Key()) {
		case "feature":
			d.text(&r.Feature)
		case "status":
			d.text(&r.Status)
		case "description":
			d.text(&r.Description)
		case "applied_time":
			d.time(&r.AppliedTime)
		case "expiration_time":
			d.time(&r.ExpirationTime)
		default:
			d.Skip()
		}
	}
	return append(to, r)
}

func (d *decoder) integrityAction(to []BusinessIntegrityAction) []BusinessIntegrityAction {
	if !d.object() {
		return to
	}
	var a BusinessIntegrityAction
	for d.NextKey() {
		switch string(d.Key()) {
		case "type":
			d.text(&a.Type)
		case "status":
			d.text(&a.Status)
		case "created_time":
			d.time(&a.CreatedTime)
		case "updated_time":
			d.time(&a.UpdatedTime)
		default:
			d.Skip()
		}
	}
	return append(to, a)
}
