package postgres

import (
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// readRaised reads the raised events that are wanted, when their conversations are locked and known.
func (t *tx) readRaised(wants []queue.RaisedWant, s *queue.Snapshot) {
	if len(wants) == 0 {
		return
	}
	t.read(readRaised, func(rows pgx.Rows) error {
		raised := &queue.RaisedRow{}
		if err := scan(rows, raised.Fields([]any{&raised.ID})...); err != nil {
			return err
		}
		state := s.Conversations[raised.Conversation]
		state.Raised = append(state.Raised, raised)
		return nil
	}, columns(wants, func(w *queue.RaisedWant, to []any) []any {
		return append(to, &w.PageID, &w.PSID, &w.ID, &w.All, &w.Next)
	})...)
}

func (t *tx) headRaised(wants []queue.WorkWant, w *queue.Work) {
	if len(wants) == 0 {
		return
	}
	args := columns(wants, func(w *queue.WorkWant, to []any) []any { return queue.ConversationFields(&w.Conversation, to) })
	t.read(headRaised, func(rows pgx.Rows) error {
		var n int
		var raised queue.RaisedRow
		if err := scan(rows, append([]any{&n, &raised.ID}, raised.Fields(nil)[2:]...)...); err != nil {
			return err
		}
		raised.Conversation = wants[n-1].Conversation
		w.Raised[n-1] = append(w.Raised[n-1], raised)
		return nil
	}, append(args, t.Now())...)
}

// Unscheduled implements queue.Tx.
func (t *tx) Unscheduled(limit int) (convs []store.Conversation, err error) {
	err = t.ask(unscheduled, func(rows pgx.Rows) error {
		var conv store.Conversation
		err := scan(rows, queue.ConversationFields(&conv, nil)...)
		if !slices.Contains(convs, conv) {
			convs = append(convs, conv)
		}
		return err
	}, t.Now(), int64(limit))
	return convs, err
}
