package postgres

import (
	"github.com/jackc/pgx/v5"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// Due implements queue.Tx.
func (t *tx) Due(q *queue.DueQuery) (due []queue.DueRow, err error) {
	err = t.ask(dueConversations, func(rows pgx.Rows) error {
		due = append(due, queue.DueRow{})
		row := &due[len(due)-1]
		return scan(rows, append(row.Fields(nil), &row.HolderEnded, &row.HasDueSends)...)
	}, q.Now, q.From, q.Until, texts(q.Skip),
		q.Suspects[0], q.Suspects[1], q.Suspects[2], q.Limit)
	return due, err
}

// texts is an array that is not NULL.
func texts(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// FirstDue implements queue.Tx.
func (t *tx) FirstDue(skip []string, from, until int64) (int64, error) {
	first := until
	err := t.ask(firstDue, func(rows pgx.Rows) error { return rows.Scan(&first) }, from, until, texts(skip))
	return first, err
}

// Work implements queue.Tx.
func (t *tx) Work(wants []queue.WorkWant, limit int) (*queue.Work, error) {
	w := &queue.Work{
		Events: make([][]queue.EventRow, len(wants)), Raised: make([][]queue.RaisedRow, len(wants)),
		Sends: make([][]queue.SendRow, len(wants)), People: make([]*store.Person, len(wants)),
	}
	t.headEvents(wants, limit, w)
	t.headRaised(wants, w)
	t.headSends(wants, limit, w)
	number := make(map[store.Conversation]int, len(wants))
	var people []store.Conversation
	for i, want := range wants {
		number[want.Conversation] = i
		people = append(people, want.Conversation)
	}
	t.readPeople(people, func(p *store.Person) { w.People[number[store.Conversation{PageID: p.PageID, PSID: p.PSID}]] = p })
	return w, t.ask(nextNumber, func(rows pgx.Rows) error { return rows.Scan(&w.Token) })
}

func (t *tx) headEvents(wants []queue.WorkWant, limit int, w *queue.Work) {
	if len(wants) == 0 {
		return
	}
	args := columns(wants, func(w *queue.WorkWant, to []any) []any { return queue.ConversationFields(&w.Conversation, to) })
	t.read(headEvents, func(rows pgx.Rows) error {
		var n int
		var ev queue.EventRow
		if err := scan(rows, append([]any{&n, &ev.Seq}, ev.Fields(nil)[2:]...)...); err != nil {
			return err
		}
		ev.Conversation = wants[n-1].Conversation
		w.Events[n-1] = append(w.Events[n-1], ev)
		return nil
	}, append(args, int64(limit))...)
}

func (t *tx) headSends(wants []queue.WorkWant, limit int, w *queue.Work) {
	var of []int
	var with []store.Conversation
	for i, want := range wants {
		if want.Sends {
			of, with = append(of, i), append(with, want.Conversation)
		}
	}
	if len(of) == 0 {
		return
	}
	t.read(headSends, func(rows pgx.Rows) error {
		var n int
		var send queue.SendRow
		if err := scan(rows, append([]any{&n, &send.ID}, send.Fields(nil)[2:]...)...); err != nil {
			return err
		}
		i := of[n-1]
		send.Conversation = wants[i].Conversation
		w.Sends[i] = append(w.Sends[i], send)
		return nil
	}, append(columns(with, queue.ConversationFields), int64(limit), t.Now())...)
}
