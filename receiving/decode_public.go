package receiving

func (d *decoder) feedChange(string) Payload {
	if !d.object() {
		return nil
	}
	f := new(FeedChange)
	for d.NextKey() {
		switch string(d.Key()) {
		case "from":
			f.From = d.author()
		case "item":
			d.text(&f.Item)
		case "verb":
			d.text(&f.Verb)
		case "post_id":
			d.id(&f.PostID)
		case "comment_id":
			d.id(&f.CommentID)
		case "parent_id":
			d.id(&f.ParentID)
		case "created_time":
			d.time(&f.CreatedTime)
		case "message":
			d.text(&f.Message)
		case "reaction_type":
			d.text(&f.ReactionType)
		default:
			d.Skip()
		}
	}
	return f
}

func (d *decoder) author() *Author {
	if !d.object() {
		return nil
	}
	a := new(Author)
	for d.NextKey() {
		switch string(d.Key()) {
		case "id":
			d.id(&a.ID)
		case "name":
			d.text(&a.Name)
		default:
			d.Skip()
		}
	}
	return a
}

func (d *decoder) groupFeed() Payload {
	if !d.object() {
		return nil
	}
	g := new(GroupFeed)
	for d.NextKey() {
		switch string(d.Key()) {
		case "from":
			g.From = d.author()
		case "group_id":
			d.id(&g.GroupID)
		case "post_id":
			d.id(&g.PostID)
		case "comment_id":
			d.id(&g.CommentID)
		case "parent_id":
			d.id(&g.ParentID)
		case "created_time", "create_time":
			d.time(&g.CreatedTime)
		default:
			d.Skip()
		}
	}
	return g
}

func (d *decoder) instagramComment(field string) Payload {
	if !d.object() {
		return nil
	}
	c := &InstagramComment{Live: field == "live_comments"}
	for d.NextKey() {
		switch string(d.Key()) {
		case "id", "comment_id":
			d.id(&c.ID)
		case "parent_id":
			d.id(&c.ParentID)
		case "text":
			d.text(&c.Text)
		case "from":
			c.From = d.instagramAuthor()
		case "media":
			c.Media = d.instagramMedia()
		default:
			d.Skip()
		}
	}
	return c
}

func (d *decoder) instagramAuthor() *InstagramAuthor {
	if !d.object() {
		return nil
	}
	a := new(InstagramAuthor)
	for d.NextKey() {
		switch string(d.Key()) {
		case "id":
			d.id(&a.ID)
		case "username":
			d.text(&a.Username)
		default:
			d.Skip()
		}
	}
	return a
}

func (d *decoder) instagramMedia() *InstagramMedia {
	if !d.object() {
		return nil
	}
	m := new(InstagramMedia)
	for d.NextKey() {
		switch string(d.Key()) {
		case "id":
			d.id(&m.ID)
		case "media_product_type":
			d.text(&m.MediaProductType)
		case "ad_id":
			d.id(&m.AdID)
		case "ad_title":
			d.text(&m.AdTitle)
		case "original_media_id":
			d.id(&m.OriginalMediaID)
		default:
			d.Skip()
		}
	}
	return m
}

func (d *decoder) instagramMention(string) Payload {
	if !d.object() {
		return nil
	}
	m := new(InstagramMention)
	for d.NextKey() {
		switch string(d.Key()) {
		case "media_id":
			d.id(&m.MediaID)
		case "comment_id":
			d.id(&m.CommentID)
		default:
			d.Skip()
		}
	}
	return m
}
