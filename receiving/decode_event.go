package receiving

import "cmp"

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
		case "is_self":
			d.flag(&r.IsSelf)
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
	var edit, edits *int
	for d.NextKey() {
		switch string(d.Key()) {
		case "mid":
			d.text(&e.MID)
		case "text":
			d.text(&e.Text)
		case "num_edit":
			edit = d.whole()
		case "num_edits":
			edits = d.whole()
		case "is_self":
			d.flag(&e.IsSelf)
		default:
			d.Skip()
		}
	}
	switch n := cmp.Or(edit, edits); {
	case n == nil:
	case *n == 0:
		return nil // Instagram sends this for a new message: nothing was edited
	default:
		e.NumEdit = *n
	}
	return e
}
