package simulator

import (
	"cmp"
	"context"
	"errors"
	"time"
)

// Ad is an ad that leads into the conversation with the page.
type Ad struct {
	ID    string // digits. Default: DefaultAdID
	Ref   string // what the ad's author set. Default: none
	Title string // Default: "An ad"
}

// DefaultAdID is the id of an [Ad] that has no other.
const DefaultAdID = "6045246247433"

// ClickAd lets a person open the conversation by an ad, which sends a messaging_referrals event with the source ADS and opens the
// 24-hour window. See https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/messaging_referrals
func (s *Simulator) ClickAd(ctx context.Context, psid string, ad Ad) error {
	ad.ID = cmp.Or(ad.ID, DefaultAdID)
	if !digits(ad.ID) {
		return &controlError{err: errors.New("simulator: the id of an ad is digits"), field: "ad_id"}
	}
	_, err := s.act(ctx, psid, Act{Type: ActAd, AdID: ad.ID, Ref: ad.Ref, Title: ad.Title}, func(*conversation, time.Time) (doing, error) {
		pg := s.home[psid]
		return doing{
			field: "messaging_referrals", opens: true,
			event: element{Referral: &eventReferral{
				Ref: ad.Ref, Source: "ADS", Type: "OPEN_THREAD", AdID: ad.ID,
				AdsContext: &adsContext{Title: cmp.Or(ad.Title, "An ad"), PostID: pg.postID()},
			}},
		}, nil
	})
	return err
}
