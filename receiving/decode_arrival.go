package receiving

func (d *decoder) postback() Payload {
	if !d.object() {
		return nil
	}
	p := new(Postback)
	for d.NextKey() {
		switch string(d.Key()) {
		case "mid":
			d.text(&p.MID)
		case "title":
			d.text(&p.Title)
		case "payload":
			d.text(&p.Payload)
		case "referral":
			p.Referral = d.referral()
		case "is_self":
			d.flag(&p.IsSelf)
		case "prior_message":
			p.PriorMessage = d.priorMessage()
		default:
			d.Skip()
		}
	}
	return p
}

func (d *decoder) referralEvent() Payload {
	if r := d.referral(); r != nil {
		return r
	}
	return nil
}

func (d *decoder) referral() *Referral {
	if !d.object() {
		return nil
	}
	r := new(Referral)
	for d.NextKey() {
		switch string(d.Key()) {
		case "ref":
			d.text(&r.Ref)
		case "source":
			d.text(&r.Source)
		case "type":
			d.text(&r.Type)
		case "ad_id":
			d.id(&r.AdID)
		case "referer_uri":
			d.text(&r.RefererURI)
		case "ads_context_data":
			r.AdsContextData = d.adsContextData()
		case "product":
			r.Product = d.product()
		case "lead":
			r.Lead = d.lead()
		case "is_self":
			d.flag(&r.IsSelf)
		default:
			d.Skip()
		}
	}
	return r
}

func (d *decoder) adsContextData() *AdsContextData {
	if !d.object() {
		return nil
	}
	a := new(AdsContextData)
	for d.NextKey() {
		switch string(d.Key()) {
		case "ad_title":
			d.text(&a.AdTitle)
		case "photo_url":
			d.text(&a.PhotoURL)
		case "video_url":
			d.text(&a.VideoURL)
		case "post_id":
			d.id(&a.PostID)
		case "product_id":
			d.id(&a.ProductID)
		case "flow_id":
			d.id(&a.FlowID)
		default:
			d.Skip()
		}
	}
	return a
}

func (d *decoder) product() *Product {
	if !d.object() {
		return nil
	}
	p := new(Product)
	for d.NextKey() {
		switch string(d.Key()) {
		case "id":
			d.id(&p.ID)
		default:
			d.Skip()
		}
	}
	return p
}

func (d *decoder) lead() *Lead {
	if !d.object() {
		return nil
	}
	l := new(Lead)
	for d.NextKey() {
		switch string(d.Key()) {
		case "data":
			l.Data = nil
			d.items(func() { l.Data = d.leadAnswer(l.Data) })
		default:
			d.Skip()
		}
	}
	return l
}

func (d *decoder) leadAnswer(to []LeadAnswer) []LeadAnswer {
	if !d.object() {
		return to
	}
	var a LeadAnswer
	for d.NextKey() {
		switch string(d.Key()) {
		case "question":
			d.text(&a.Question)
		case "answer":
			d.text(&a.Answer)
		default:
			d.Skip()
		}
	}
	return append(to, a)
}

func (d *decoder) optin() Payload {
	if !d.object() {
		return nil
	}
	o := new(OptIn)
	for d.NextKey() {
		switch string(d.Key()) {
		case "ref":
			d.text(&o.Ref)
		case "user_ref":
			d.id(&o.UserRef)
		case "type":
			d.text(&o.Type)
		case "payload":
			d.text(&o.Payload)
		case "title":
			d.text(&o.Title)
		case "source":
			d.text(&o.Source)
		case "notification_messages_token":
			d.id(&o.NotificationMessagesToken)
		case "notification_messages_timezone":
			d.text(&o.NotificationMessagesTimezone)
		case "token_expiry_timestamp":
			d.time(&o.TokenExpiryTimestamp)
		case "user_token_status":
			d.text(&o.UserTokenStatus)
		case "notification_messages_status":
			d.text(&o.NotificationMessagesStatus)
		case "notification_messages_frequency":
			d.text(&o.NotificationMessagesFrequency)
		case "notification_messages_topic":
			d.text(&o.NotificationMessagesTopic)
		case "one_time_notif_token":
			d.id(&o.OneTimeNotifToken)
		default:
			d.Skip()
		}
	}
	return o
}
