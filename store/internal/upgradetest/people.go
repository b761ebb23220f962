package upgradetest

import (
	"time"

	"github.com/djmessenger/messenger/store"
)

// people are those of whom something is known, as they are read back.
func people() []store.Person {
	timezone := func(hours float64) *float64 { return &hours }
	seen := at(55 * time.Minute)
	return []store.Person{
		{
			PageID: page1, PSID: leased.PSID,
			Profile: store.Profile{
				FirstName: "Ann \"the\" O'Hara", LastName: "Grüße\n\\", Name: "Ann O'Hara", Username: "ann",
				ProfilePic: "https://example.com/a?b=c&d=%20", Locale: "zh_TW", Timezone: timezone(5.75), Gender: "female",
			},
			ProfileAt: at(20 * time.Minute), ThumbUps: 3, FirstSeen: seen, LastAct: at(16 * time.Minute),
			HumanAt: at(17 * time.Minute), ThreadOwner: "987", ThreadAt: at(18 * time.Minute), ThreadStandby: true,
			ResumedAt: at(19 * time.Minute),
		},
		{
			PageID: page2, PSID: ordered.PSID, Profile: store.Profile{FirstName: "Bob", Timezone: timezone(-3.5)},
			ProfileAt: at(21 * time.Minute), ProfileRefused: true, FirstSeen: seen, UnavailableSince: at(22*time.Minute + time.Microsecond),
		},
		// Zero hours are not the same as an unknown time zone.
		{PageID: page1, PSID: paused.PSID, Profile: store.Profile{Timezone: timezone(0)}, ProfileAt: at(23 * time.Minute), FirstSeen: seen},
		{PageID: page1, PSID: "refused", ProfileAt: at(24 * time.Minute), ProfileRefused: true, FirstSeen: seen},
		{PageID: page2, PSID: "released", ThreadAt: at(25 * time.Minute), FirstSeen: seen},
		// The same id on another page is another person.
		{PageID: page2, PSID: leased.PSID, ThumbUps: 1, FirstSeen: seen},
		{PageID: page3, PSID: handled.PSID, FirstSeen: handledAt, LastAct: handledAt},
	}
}

// personOf is the person of a conversation.
func personOf(c store.Conversation) store.Person {
	for _, p := range people() {
		if p.PageID == c.PageID && p.PSID == c.PSID {
			return p
		}
	}
	return store.Person{PageID: c.PageID, PSID: c.PSID}
}

// writesOf make a person what they are.
func writesOf(p store.Person) []store.Write {
	var writes []store.Write
	add := func(given bool, w store.Write) {
		if given {
			writes = append(writes, w)
		}
	}
	for range p.ThumbUps {
		writes = append(writes, store.AddThumbUp{PageID: p.PageID, PSID: p.PSID})
	}
	answered := p.ProfileAt
	if p.ProfileRefused && p.Profile != (store.Profile{}) {
		answered = answered.Add(-time.Minute)
		writes = append(writes,
			store.SaveProfile{PageID: p.PageID, PSID: p.PSID, Profile: p.Profile, At: answered},
			store.SaveProfile{PageID: p.PageID, PSID: p.PSID, Refused: true, At: p.ProfileAt})
	} else {
		add(!answered.IsZero(), store.SaveProfile{PageID: p.PageID, PSID: p.PSID, Profile: p.Profile, Refused: p.ProfileRefused, At: answered})
	}
	add(!p.LastAct.IsZero(), store.TouchPerson{PageID: p.PageID, PSID: p.PSID, At: p.LastAct})
	add(!p.UnavailableSince.IsZero(), store.MarkUnavailable{PageID: p.PageID, PSID: p.PSID, At: p.UnavailableSince})
	add(!p.HumanAt.IsZero(), store.NoteHuman{PageID: p.PageID, PSID: p.PSID, At: p.HumanAt})
	add(!p.ThreadAt.IsZero(), store.NoteThread{PageID: p.PageID, PSID: p.PSID, Owner: p.ThreadOwner, Standby: p.ThreadStandby, At: p.ThreadAt})
	add(!p.ResumedAt.IsZero(), store.EndSilence{PageID: p.PageID, PSID: p.PSID, At: p.ResumedAt})
	return writes
}
