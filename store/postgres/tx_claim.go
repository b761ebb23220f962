package postgres

import (
	"github.com/jackc/pgx/v5"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// Due implements queue.Tx.
func (t *tx) Due(q *queue.DueQuery) ([]queue.DueRow, error) {
	var due []queue.DueRow
	scan := func(rows pgx.Rows) error {
		var row queue.DueRow
		err := rows.Scan(append(conversationFields(&row.ConversationRow), &row.HolderEnded, &row.HasDueSends)...)
		due = append(due, row)
		return err
	}
	room := [store.IsolationLevels]int64{}
	for level, n := range q.Suspects {
		room[level] = int64(n)
	}
	if !q.Background && len(q.Skip) == 0 && q.From == 0 {
		err := t.ask(dueConversations, scan, q.Now, room[0], room[1], room[2], int64(q.Limit))
		return due, err
	}
	err := t.ask(dueConversationsOfOthers, scan, q.Now, room[0], room[1], room[2], int64(q.Limit), texts(q.Skip), q.From, q.Until)
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
		Events: make([][]queue.EventRow, len(wants)), Sends: make([][]queue.SendRow, len(wants)), People: make([]*store.Person, len(wants)),
	}
	t.headEvents(wants, limit, w)
	t.headSends(wants, limit, w)
	convs := column(wants, func(w *queue.WorkWant) store.Conversation { return w.Conversation })
	number := make(map[store.Conversation]int, len(convs))
	for i, conv := range convs {
		number[conv] = i
	}
	t.readPeople(convs, func(p *store.Person) { w.People[number[store.Conversation{PageID: p.PageID, PSID: p.PSID}]] = p })
	return w, t.ask(nextNumber, func(rows pgx.Rows) error { return rows.Scan(&w.Token) })
}

func (t *tx) headEvents(wants []queue.WorkWant, limit int, w *queue.Work) {
	if len(wants) == 0 {
		return
	}
	t.read(headEvents, func(rows pgx.Rows) error {
		var n int
		var ev queue.EventRow
		err := rows.Scan(&n, &ev.Seq, &ev.Key, &ev.OrderAt, &ev.EventAt, &ev.Body, &ev.EchoOf, &ev.Attempts, &ev.Only, &ev.ReceivedAt)
		if err != nil {
			return err
		}
		ev.Conversation = wants[n-1].Conversation
		w.Events[n-1] = append(w.Events[n-1], ev)
		return nil
	}, column(wants, func(w *queue.WorkWant) string { return w.PageID }),
		column(wants, func(w *queue.WorkWant) string { return w.PSID }), int64(limit))
}

func (t *tx) headSends(wants []queue.WorkWant, limit int, w *queue.Work) {
	var of []int
	var pageIDs, personIDs []string
	for i, want := range wants {
		if want.Sends {
			of, pageIDs, personIDs = append(of, i), append(pageIDs, want.PageID), append(personIDs, want.PSID)
		}
	}
	if len(of) == 0 {
		return
	}
	t.read(headSends, func(rows pgx.Rows) error {
		var n int
		var send queue.SendRow
		err := rows.Scan(&n, &send.ID, &send.Key, &send.Group, &send.Body, &send.Delay, &send.NotBefore, &send.StartedAt, &send.Attempts)
		if err != nil {
			return err
		}
		i := of[n-1]
		send.Conversation = wants[i].Conversation
		w.Sends[i] = append(w.Sends[i], send)
		return nil
	}, pageIDs, personIDs, int64(limit), t.Now())
}
