package gormstore_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store"
	"github.com/djmessenger/messenger/store/gormstore"
)

// order is a row of a program's own table, with a person of the bot.
type order struct {
	ID     int64
	PageID string
	PSID   string `gorm:"column:psid"`
	Item   string
	Person gormstore.Person `gorm:"foreignKey:PageID,PSID;references:PageID,PSID;-:migration"`
}

var (
	noon    = time.Date(2026, 3, 1, 12, 0, 0, 123_456_000, time.UTC)
	quarter = 5.75
	ann     = store.Person{
		PageID: "page", PSID: "ann", ProfileAt: noon, ThumbUps: 1, LastAct: noon.Add(time.Second), HumanAt: noon.Add(time.Minute),
		Profile: store.Profile{
			FirstName: "Ann", LastName: "Lee", Name: "Ann Lee", Username: "ann", ProfilePic: "https://example.com/ann", Locale: "zh_TW",
			Timezone: &quarter, Gender: "female",
		},
		ThreadOwner: "263902037430900", ThreadAt: noon.Add(time.Hour), ThreadStandby: true, ResumedAt: noon.Add(2 * time.Hour),
		UnavailableSince: noon.Add(3 * time.Hour),
	}
	location = store.Location{PageID: "page", PSID: "ann", Latitude: 25.5, Longitude: -121.25, Title: "here", URL: "u", MID: "m", At: noon}
	received = store.Received{PageID: "page", PSID: "ann", Key: "k", Type: "TEXT", Body: []byte(`{"a":1}`), At: noon, Object: "instagram", Standby: true}
	sent     = store.Sent{
		PageID: "page", PSID: "ann", Key: "k", Type: "text", Body: []byte(`{"b":1}`), Status: 200, Response: "{}", MID: "m_2",
		Outcome: store.OutcomeRefused, Error: "no", At: noon,
	}
	session = store.Session{PageID: "page", PSID: "ann", Name: "s", Data: []byte(`{"c":1}`), Version: 1, Expires: noon.AddDate(10, 0, 0)}
)

// fill stores what the models show.
func fill(t *testing.T, st *gormstore.Store) {
	t.Helper()
	require.NoError(t, st.Apply(t.Context(),
		store.SaveProfile{PageID: "page", PSID: "ann", At: noon, Profile: ann.Profile},
		store.TouchPerson{PageID: "page", PSID: "ann", At: ann.LastAct}, store.AddThumbUp{PageID: "page", PSID: "ann"},
		store.NoteHuman{PageID: "page", PSID: "ann", At: ann.HumanAt},
		store.NoteThread{PageID: "page", PSID: "ann", Owner: ann.ThreadOwner, Standby: true, At: ann.ThreadAt},
		store.EndSilence{PageID: "page", PSID: "ann", At: ann.ResumedAt},
		store.MarkUnavailable{PageID: "page", PSID: "ann", At: ann.UnavailableSince},
		store.AddLocation{Location: location}, store.SaveMessage{Received: received}, store.SaveSent{Sent: sent},
		store.SaveSession{PageID: "page", PSID: "ann", Name: "s", Data: session.Data, Expires: session.Expires},
	))
}

// The models show what the store's own readers return.
func TestModels(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, p place) {
		st := p.store(t, gormstore.WithClock(func() time.Time { return noon }))
		fill(t, st)
		db := st.DB().WithContext(t.Context())

		var person gormstore.Person
		require.NoError(t, db.Take(&person, "page_id = ? AND psid = ?", "page", "ann").Error)
		want := ann
		want.FirstSeen = noon
		got, err := st.Person(t.Context(), "page", "ann")
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.Equal(t, gormstore.Person{
			PageID: "page", PSID: "ann", FirstName: "Ann", LastName: "Lee", Name: "Ann Lee", Username: "ann", ProfilePic: "https://example.com/ann",
			Locale: "zh_TW", Timezone: &quarter, Gender: "female", ProfileAt: gormstore.TimeOf(noon), ThumbUps: 1,
			FirstSeen: gormstore.TimeOf(noon), LastAct: gormstore.TimeOf(ann.LastAct), UnavailableSince: gormstore.TimeOf(ann.UnavailableSince),
			HumanAt: gormstore.TimeOf(ann.HumanAt), ThreadOwner: ann.ThreadOwner, ThreadAt: gormstore.TimeOf(ann.ThreadAt), ThreadStandby: true,
			ResumedAt: gormstore.TimeOf(ann.ResumedAt),
		}, person)

		var locations []gormstore.Location
		require.NoError(t, db.Find(&locations).Error)
		require.Equal(t, []gormstore.Location{{
			ID: 1, PageID: "page", PSID: "ann", Latitude: 25.5, Longitude: -121.25, Title: "here", URL: "u", MID: "m", At: gormstore.TimeOf(noon),
		}}, locations)
		stored, err := st.Locations(t.Context(), "page", "ann", 10)
		require.NoError(t, err)
		require.Equal(t, []store.Location{location}, stored)

		var kept []gormstore.Received
		require.NoError(t, db.Where("object = ?", "instagram").Find(&kept).Error)
		require.Equal(t, []gormstore.Received{{
			ID: 1, PageID: "page", PSID: "ann", Key: "k", Type: "TEXT", Body: []byte(`{"a":1}`), At: gormstore.TimeOf(noon), Object: "instagram", Standby: true,
		}}, kept)
		events, err := st.Received(t.Context(), "page", "ann", 10)
		require.NoError(t, err)
		require.Equal(t, []store.Received{received}, events)

		var attempts []gormstore.Sent
		require.NoError(t, db.Where("outcome = ?", store.OutcomeRefused).Find(&attempts).Error)
		require.Equal(t, []gormstore.Sent{{
			ID: 1, PageID: "page", PSID: "ann", Key: "k", Type: "text", Body: []byte(`{"b":1}`), Status: 200, Response: "{}", MID: "m_2",
			Outcome: store.OutcomeRefused, Error: "no", At: gormstore.TimeOf(noon),
		}}, attempts)
		var ofAnn []gormstore.Sent
		require.NoError(t, db.Table(gormstore.SentByPerson).Where("page_id = ? AND psid = ?", "page", "ann").Find(&ofAnn).Error)
		require.Equal(t, attempts, ofAnn)
		sends, err := st.Sent(t.Context(), "page", "ann", 10)
		require.NoError(t, err)
		require.Equal(t, []store.Sent{sent}, sends)

		var sessions []gormstore.Session
		require.NoError(t, db.Where("expires > ?", gormstore.TimeOf(noon)).Find(&sessions).Error)
		require.Equal(t, []gormstore.Session{{
			PageID: "page", PSID: "ann", Name: "s", Data: []byte(`{"c":1}`), Version: 1, Expires: gormstore.TimeOf(session.Expires),
		}}, sessions)
		saved, err := st.Session(t.Context(), "page", "ann", "s")
		require.NoError(t, err)
		require.Equal(t, session, saved)
	})
}

func TestModelsInJoins(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, p place) {
		st := p.store(t, gormstore.WithClock(func() time.Time { return noon }))
		fill(t, st)
		db := st.DB().WithContext(t.Context())
		require.NoError(t, db.AutoMigrate(&order{}))
		require.NoError(t, db.Omit("Person").Create([]order{
			{PageID: "page", PSID: "ann", Item: "tea"}, {PageID: "page", PSID: "bob", Item: "milk"},
		}).Error)

		var orders []order
		require.NoError(t, db.Joins("Person").Order("orders.id").Find(&orders).Error)
		require.Len(t, orders, 2)
		require.Equal(t, "Ann", orders[0].Person.FirstName)
		require.Equal(t, ann.LastAct, orders[0].Person.LastAct.Time())
		require.Empty(t, orders[1].Person.PSID, "the store has not heard of bob")
		orders = nil
		require.NoError(t, db.Preload("Person").Order("id").Find(&orders).Error)
		require.Equal(t, "Ann", orders[0].Person.FirstName)

		var rows []struct {
			Item    string
			LastAct gormstore.Time
		}
		require.NoError(t, db.Model(&order{}).Select("orders.item, p.last_act").Order("orders.id").
			Joins("LEFT JOIN messenger_people p ON p.page_id = orders.page_id AND p.psid = orders.psid").Scan(&rows).Error)
		require.Len(t, rows, 2)
		require.Equal(t, ann.LastAct, rows[0].LastAct.Time())
		require.True(t, rows[1].LastAct.IsZero())

		// Nothing of the program keeps the bot from forgetting a person.
		require.NoError(t, st.Forget(t.Context(), store.Conversation{PageID: "page", PSID: "ann"}))
	})
}

func TestModelsAreReadOnly(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, p place) {
		st := p.store(t, gormstore.WithClock(func() time.Time { return noon }))
		fill(t, st)
		before := p.schema(t)
		db := st.DB().WithContext(t.Context())
		all := []any{&gormstore.Person{}, &gormstore.Location{}, &gormstore.Received{}, &gormstore.Sent{}, &gormstore.Session{}}
		for _, model := range all {
			require.ErrorIs(t, db.Create(model).Error, gormstore.ErrReadOnly, "%T", model)
			require.ErrorIs(t, db.Model(model).Where("psid = ?", "ann").Update("page_id", "x").Error, gormstore.ErrReadOnly, "%T", model)
			require.ErrorIs(t, db.Where("psid = ?", "ann").Delete(model).Error, gormstore.ErrReadOnly, "%T", model)
			require.NoError(t, db.Take(model).Error)
			require.ErrorIs(t, db.Save(model).Error, gormstore.ErrReadOnly, "%T", model)
		}
		require.NoError(t, db.AutoMigrate(all...))
		require.Equal(t, before, p.schema(t))
		require.NoError(t, db.AutoMigrate(&order{}))
		require.ErrorIs(t, db.Create(&order{PageID: "page", PSID: "ann", Person: gormstore.Person{PageID: "page", PSID: "ann"}}).Error, gormstore.ErrReadOnly)
		got, err := st.Person(t.Context(), "page", "ann")
		require.NoError(t, err)
		require.Equal(t, 1, got.ThumbUps)
	})
}

func TestTime(t *testing.T) {
	t.Parallel()
	for _, at := range []time.Time{{}, noon, time.Unix(-1, 0).UTC()} {
		var scanned gormstore.Time
		value, err := gormstore.TimeOf(at).Value()
		require.NoError(t, err)
		require.NoError(t, scanned.Scan(value))
		require.Equal(t, at, scanned.Time())
		require.Equal(t, at.IsZero(), scanned.IsZero())
	}
	require.Equal(t, noon, gormstore.TimeOf(noon.In(time.FixedZone("", 3600)).Add(999*time.Nanosecond)).Time())
	require.Equal(t, "never", gormstore.Time(0).String())
	require.Equal(t, noon.String(), gormstore.TimeOf(noon).String())
	was := gormstore.TimeOf(noon)
	require.NoError(t, was.Scan(nil))
	require.Zero(t, was)
	require.ErrorContains(t, was.Scan("noon"), "a string is no time")
}
