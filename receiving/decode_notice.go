package receiving

func (d *decoder) delivery() Payload {
	if !d.object() {
		return nil
	}
	v := new(Delivery)
	for d.NextKey() {
		switch string(d.Key()) {
		case "mids":
			v.MIDs = nil
			d.items(func() {
				var mid string
				if d.text(&mid); mid != "" {
					v.MIDs = append(v.MIDs, mid)
				}
			})
		case "watermark":
			d.time(&v.Watermark)
		default:
			d.Skip()
		}
	}
	return v
}

func (d *decoder) read() Payload {
	if !d.object() {
		return nil
	}
	r := new(Read)
	for d.NextKey() {
		switch string(d.Key()) {
		case "watermark":
			d.time(&r.Watermark)
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

// threadControl returns the reader of a hand-over. Its key is its action.
func threadControl(action string) func(*decoder) Payload {
	return func(d *decoder) Payload {
		if !d.object() {
			return nil
		}
		c := &ThreadControl{Action: action}
		for d.NextKey() {
			switch string(d.Key()) {
			case "previous_owner_app_id":
				d.id(&c.PreviousOwnerAppID)
			case "new_owner_app_id":
				d.id(&c.NewOwnerAppID)
			case "requested_owner_app_id":
				d.id(&c.RequestedOwnerAppID)
			case "metadata":
				d.text(&c.Metadata)
			default:
				d.Skip()
			}
		}
		return c
	}
}

// appRoles reads the roles of apps by the apps' ids.
func (d *decoder) appRoles() Payload {
	if !d.object() {
		return nil
	}
	c := &ThreadControl{Action: ThreadRoles, AppRoles: map[string][]string{}}
	d.keys(func(app string) {
		var roles []string
		d.items(func() {
			var role string
			if d.text(&role); role != "" {
				roles = append(roles, role)
			}
		})
		c.AppRoles[app] = roles
	})
	return c
}

func (d *decoder) policyEnforcement() Payload {
	if !d.object() {
		return nil
	}
	p := new(PolicyEnforcement)
	for d.NextKey() {
		switch string(d.Key()) {
		case "action":
			d.text(&p.Action)
		case "reason":
			d.text(&p.Reason)
		default:
			d.Skip()
		}
	}
	return p
}
