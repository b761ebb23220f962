package receiving

func (d *decoder) call(string) Payload {
	if !d.object() {
		return nil
	}
	c := new(Call)
	for d.NextKey() {
		switch string(d.Key()) {
		case "id":
			d.id(&c.ID)
		case "event":
			d.text(&c.Event)
		case "timestamp":
			d.time(&c.Timestamp)
		case "from":
			d.id(&c.From)
		case "to":
			d.id(&c.To)
		case "call_direction":
			d.text(&c.CallDirection)
		case "recipient_id":
			d.id(&c.RecipientID)
		case "call_status":
			d.text(&c.CallStatus)
		case "session":
			c.Session = d.callSession()
		case "status":
			d.text(&c.Status)
		case "start_time":
			d.time(&c.StartTime)
		case "end_time":
			d.time(&c.EndTime)
		case "duration":
			d.integer(&c.Duration)
		default:
			d.Skip()
		}
	}
	return c
}

func (d *decoder) callSession() *CallSession {
	if !d.object() {
		return nil
	}
	s := new(CallSession)
	for d.NextKey() {
		switch string(d.Key()) {
		case "version":
			d.integer(&s.Version)
		case "sdp_renegotiation":
			s.SDPRenegotiation = d.callSDP()
		default:
			d.Skip()
		}
	}
	return s
}

func (d *decoder) callSDP() *CallSDP {
	if !d.object() {
		return nil
	}
	s := new(CallSDP)
	for d.NextKey() {
		switch string(d.Key()) {
		case "sdp_type":
			d.text(&s.SDPType)
		case "sdp":
			d.text(&s.SDP)
		default:
			d.Skip()
		}
	}
	return s
}

func (d *decoder) callPermissionReply() Payload {
	if !d.object() {
		return nil
	}
	r := new(CallPermissionReply)
	for d.NextKey() {
		switch string(d.Key()) {
		case "response":
			d.text(&r.Response)
		case "expiration_timestamp":
			d.time(&r.ExpirationTimestamp)
		default:
			d.Skip()
		}
	}
	return r
}
