package receiving

// couponReveal reads a template that is no attachment of a message. All that comes this way are coupons.
func (d *decoder) couponReveal() Payload {
	if !d.object() {
		return nil
	}
	c := new(CouponReveal)
	for d.NextKey() {
		switch string(d.Key()) {
		case "type":
			d.text(&c.Type)
		case "payload":
			d.text(&c.Payload)
		case "coupon_code":
			d.id(&c.CouponCode)
		default:
			d.Skip()
		}
	}
	if c.Type != "" && c.Type != "coupon" {
		return nil
	}
	return c
}

func (d *decoder) customerInformation() Payload {
	if !d.object() {
		return nil
	}
	c := new(CustomerInformation)
	for d.NextKey() {
		switch string(d.Key()) {
		case "screens":
			c.Screens = nil
			d.items(func() { c.Screens = d.customerInformationScreen(c.Screens) })
		default:
			d.Skip()
		}
	}
	return c
}

func (d *decoder) customerInformationScreen(to []CustomerInformationScreen) []CustomerInformationScreen {
	if !d.object() {
		return to
	}
	var s CustomerInformationScreen
	for d.NextKey() {
		switch string(d.Key()) {
		case "screen_id":
			d.id(&s.ScreenID)
		case "responses":
			s.Responses = nil
			d.items(func() { s.Responses = d.customerInformationResponse(s.Responses) })
		default:
			d.Skip()
		}
	}
	return append(to, s)
}

func (d *decoder) customerInformationResponse(to []CustomerInformationResponse) []CustomerInformationResponse {
	if !d.object() {
		return to
	}
	var r CustomerInformationResponse
	for d.NextKey() {
		switch string(d.Key()) {
		case "key":
			d.text(&r.Key)
		case "value":
			d.id(&r.Value)
		default:
			d.Skip()
		}
	}
	return append(to, r)
}

func (d *decoder) feedback() Payload {
	if !d.object() {
		return nil
	}
	f := new(Feedback)
	for d.NextKey() {
		switch string(d.Key()) {
		case "feedback_screens":
			f.FeedbackScreens = nil
			d.items(func() { f.FeedbackScreens = d.feedbackScreen(f.FeedbackScreens) })
		default:
			d.Skip()
		}
	}
	return f
}

func (d *decoder) feedbackScreen(to []FeedbackScreen) []FeedbackScreen {
	if !d.object() {
		return to
	}
	var s FeedbackScreen
	for d.NextKey() {
		switch string(d.Key()) {
		case "screen_id":
			d.id(&s.ScreenID)
		case "questions":
			s.Questions = d.feedbackQuestions()
		default:
			d.Skip()
		}
	}
	return append(to, s)
}

func (d *decoder) feedbackQuestions() map[string]FeedbackAnswer {
	if !d.object() {
		return nil
	}
	questions := map[string]FeedbackAnswer{}
	d.keys(func(id string) {
		delete(questions, id)
		if a := d.feedbackAnswer(true); a != nil {
			questions[id] = *a
		}
	})
	return questions
}

// feedbackAnswer reads an answer; one that is a follow-up has none of its own.
func (d *decoder) feedbackAnswer(followUp bool) *FeedbackAnswer {
	if !d.object() {
		return nil
	}
	a := new(FeedbackAnswer)
	for d.NextKey() {
		switch key := string(d.Key()); {
		case key == "type":
			d.text(&a.Type)
		case key == "payload":
			d.id(&a.Payload)
		case key == "follow_up" && followUp:
			a.FollowUp = d.feedbackAnswer(false)
		default:
			d.Skip()
		}
	}
	return a
}

func (d *decoder) responseFeedback() Payload {
	if !d.object() {
		return nil
	}
	r := new(ResponseFeedback)
	for d.NextKey() {
		switch string(d.Key()) {
		case "feedback":
			d.text(&r.Feedback)
		case "mid":
			d.text(&r.MID)
		default:
			d.Skip()
		}
	}
	return r
}

func (d *decoder) order() Payload {
	if !d.object() {
		return nil
	}
	o := new(Order)
	for d.NextKey() {
		switch string(d.Key()) {
		case "products":
			o.Products = nil
			d.items(func() { o.Products = d.orderProduct(o.Products) })
		case "note":
			d.text(&o.Note)
		default:
			d.Skip()
		}
	}
	return o
}

func (d *decoder) orderProduct(to []OrderProduct) []OrderProduct {
	if !d.object() {
		return to
	}
	var p OrderProduct
	for d.NextKey() {
		switch string(d.Key()) {
		case "id":
			d.id(&p.ID)
		case "retailer_id":
			d.id(&p.RetailerID)
		case "name":
			d.text(&p.Name)
		case "unit_price":
			d.float(&p.UnitPrice)
		case "currency":
			d.text(&p.Currency)
		case "quantity":
			d.integer(&p.Quantity)
		default:
			d.Skip()
		}
	}
	return append(to, p)
}

func (d *decoder) leadForm() Payload {
	if !d.object() {
		return nil
	}
	f := new(LeadForm)
	for d.NextKey() {
		switch string(d.Key()) {
		case "id":
			d.id(&f.ID)
		default:
			d.Skip()
		}
	}
	return f
}

func (d *decoder) gamePlay() Payload {
	if !d.object() {
		return nil
	}
	g := new(GamePlay)
	for d.NextKey() {
		switch string(d.Key()) {
		case "game_id":
			d.id(&g.GameID)
		case "player_id":
			d.id(&g.PlayerID)
		case "locale":
			d.text(&g.Locale)
		case "context_type":
			d.text(&g.ContextType)
		case "context_id":
			d.id(&g.ContextID)
		case "score":
			g.Score = d.number()
		case "payload":
			d.text(&g.Payload)
		default:
			d.Skip()
		}
	}
	return g
}
