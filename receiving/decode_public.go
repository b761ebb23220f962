package receiving

import (
	"cmp"
	"time"
)

func (d *decoder) feedChange(string) Payload {
	if f := d.feed(); f != nil {
		return f
	}
	return nil
}

func (d *decoder) mention(string) Payload {
	if f := d.feed(); f != nil {
		return (*Mention)(f)
	}
	return nil
}

// feed reads something on a feed. Its author may be called sender.
func (d *decoder) feed() *FeedChange {
	if !d.object() {
		return nil
	}
	f := new(FeedChange)
	var sender Author
	for d.NextKey() {
		switch string(d.Key()) {
		case "from":
			f.From = d.author()
		case "sender_id":
			d.id(&sender.ID)
		case "sender_name":
			d.text(&sender.Name)
		case "item":
			d.text(&f.Item)
		case "verb":
			d.text(&f.Verb)
		case "action":
			d.text(&f.Action)
		case "post_id":
			d.id(&f.PostID)
		case "comment_id":
			d.id(&f.CommentID)
		case "parent_id":
			d.id(&f.ParentID)
		case "recipient_id":
			d.id(&f.RecipientID)
		case "album_id":
			d.id(&f.AlbumID)
		case "event_id":
			d.id(&f.EventID)
		case "share_id":
			d.id(&f.ShareID)
		case "open_graph_story_id":
			d.id(&f.OpenGraphStoryID)
		case "created_time":
			d.time(&f.CreatedTime)
		case "edited_time":
			d.time(&f.EditedTime)
		case "message":
			d.text(&f.Message)
		case "story":
			d.text(&f.Story)
		case "title":
			d.text(&f.Title)
		case "reaction_type":
			d.text(&f.ReactionType)
		case "published":
			f.Published = d.optionalFlag()
		case "is_hidden":
			d.flag(&f.IsHidden)
		case "post":
			f.Post = d.feedPost()
		default:
			d.feedMedia(f)
		}
	}
	if sender != (Author{}) {
		if f.From == nil {
			f.From = new(Author)
		}
		f.From.ID, f.From.Name = cmp.Or(f.From.ID, sender.ID), cmp.Or(f.From.Name, sender.Name)
	}
	return f
}

// feedMedia reads a field about the link, photos or video of a post.
func (d *decoder) feedMedia(f *FeedChange) {
	switch string(d.Key()) {
	case "link":
		d.text(&f.Link)
	case "photo":
		d.text(&f.Photo)
	case "photo_id":
		d.id(&f.PhotoID)
	case "photo_ids":
		f.PhotoIDs = d.ids()
	case "photos":
		f.Photos = d.ids()
	case "video":
		d.text(&f.Video)
	case "video_id":
		d.id(&f.VideoID)
	case "video_flag_reason":
		d.id(&f.VideoFlagReason)
	default:
		d.Skip()
	}
}

func (d *decoder) feedPost() *FeedPost {
	if !d.object() {
		return nil
	}
	p := new(FeedPost)
	for d.NextKey() {
		switch string(d.Key()) {
		case "id":
			d.id(&p.ID)
		case "type":
			d.text(&p.Type)
		case "status_type":
			d.text(&p.StatusType)
		case "permalink_url":
			d.text(&p.PermalinkURL)
		case "promotion_status":
			d.text(&p.PromotionStatus)
		case "is_published":
			p.IsPublished = d.optionalFlag()
		case "updated_time":
			d.time(&p.UpdatedTime)
		default:
			d.Skip()
		}
	}
	return p
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
	var created time.Time // an older name
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
		case "item":
			d.text(&g.Item)
		case "verb":
			d.text(&g.Verb)
		case "message":
			d.text(&g.Message)
		case "created_time":
			d.time(&g.CreatedTime)
		case "create_time":
			d.time(&created)
		default:
			d.Skip()
		}
	}
	if g.CreatedTime.IsZero() {
		g.CreatedTime = created
	}
	return g
}

func (d *decoder) instagramComment(field string) Payload {
	if !d.object() {
		return nil
	}
	c := &InstagramComment{Live: field == "live_comments"}
	comment := "" // another name of the id
	for d.NextKey() {
		switch string(d.Key()) {
		case "id":
			d.id(&c.ID)
		case "comment_id":
			d.id(&comment)
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
	c.ID = cmp.Or(c.ID, comment)
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
		case "self_ig_scoped_id":
			d.id(&a.SelfIGScopedID)
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
