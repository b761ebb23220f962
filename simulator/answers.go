package simulator

import (
	"slices"
	"strconv"
	"time"
)

// answersWithin is how long after a callback a call may answer it.
const answersWithin = time.Minute

// unanswered are webhook fields of callbacks that tell a bot what it did itself.
var unanswered = []string{"message_echoes", "message_deliveries", "message_reads", "messaging_seen"}

// answersDelivery is the delivery that a call names, or the last one to its person that began before it, 0 if there is none. s.mu must
// be held.
func (s *Simulator) answersDelivery(rec Request) int {
	if id, err := strconv.Atoi(rec.says); err == nil && id > 0 && id <= s.numbered {
		return id
	}
	if rec.psid == "" {
		return 0
	}
	last := 0
	began := 0
	for _, d := range latest(s.deliveries, stateKeep) {
		if d.PSID == rec.psid && d.began > began && d.began < rec.Seq && !slices.Contains(unanswered, d.Field) && rec.Time.Sub(d.Time) <= answersWithin {
			last, began = d.ID, d.began
		}
	}
	return last
}
