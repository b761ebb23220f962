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
			d.raw(&r.AdsContextData)
		case "product":
			r.Product = d.product()
		default:
			d.Skip()
		}
	}
	return r
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

func (d *decoder) optin() Payload {
	if !d.object() {
		return nil
	}
	o := new(Optin)
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
		default:
			d.Skip()
		}
	}
	return o
}

func (d *decoder) accountLinking() Payload {
	if !d.object() {
		return nil
	}
	a := new(AccountLinking)
	for d.NextKey() {
		switch string(d.Key()) {
		case "status":
			d.text(&a.Status)
		case "authorization_code":
			d.text(&a.AuthorizationCode)
		default:
			d.Skip()
		}
	}
	return a
}

func (d *decoder) reaction() Payload {
	if !d.object() {
		return nil
	}
	r := new(Reaction)
	for d.NextKey() {
		switch string(d.Key()) {
		case "reaction":
			d.text(&r.Reaction)
		case "emoji":
			d.text(&r.Emoji)
		case "action":
			d.text(&r.Action)
		case "mid":
			d.text(&r.MID)
		default:
			d.Skip()
		}
	}
	return r
}

func (d *decoder) messageEdit() Payload {
	if !d.object() {
		return nil
	}
	e := new(MessageEdit)
	for d.NextKey() {
		switch string(d.Key()) {
		case "mid":
			d.text(&e.MID)
		case "text":
			d.text(&e.Text)
		case "num_edit", "num_edits":
			d.integer(&e.NumEdit)
		default:
			d.Skip()
		}
	}
	return e
}
