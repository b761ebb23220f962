package queue_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/internal/queue"
	"github.com/djmessenger/messenger/store"
)

// movingTx is a transaction of which another process has changed a send between the two times that it is read. It can apply nothing.
type movingTx struct {
	queue.Tx
	owners, started map[string]store.Conversation
}

func (t movingTx) Now() int64                            { return 1 }
func (t movingTx) Owners() map[string]store.Conversation { return t.owners }

func (t movingTx) Read(wants *queue.Wants) (*queue.Snapshot, error) {
	s := &queue.Snapshot{Conversations: map[store.Conversation]*queue.State{}, Inserted: map[queue.Key]bool{}, Started: t.started}
	for _, want := range wants.Conversations {
		s.Conversations[want.Conversation] = &queue.State{ConversationRow: queue.ConversationRow{Conversation: want.Conversation}}
	}
	for _, key := range wants.Keys {
		s.Inserted[key] = true
	}
	return s, nil
}

// A group that has not read the sends of a conversation settles none of them: it is run again.
func TestAnEchoOfASendThatWasStartedMeanwhileRunsAgain(t *testing.T) {
	t.Parallel()
	ann, bob := store.Conversation{PageID: "page", PSID: "ann"}, store.Conversation{PageID: "page", PSID: "bob"}
	machine := queue.Machine{Bound: 10, Backlog: func(string) int { return 0 }}
	for name, owners := range map[string]map[string]store.Conversation{
		"the send was not there": nil, "the send was in another conversation": {"s": bob},
	} {
		for _, conv := range []store.Conversation{ann, bob} { // the group locks it anyway, or does not
			op, err := queue.Put([]store.Event{{Conversation: conv, Key: "k", EchoOf: "s"}})
			require.NoError(t, err)
			_, err = machine.Run(movingTx{owners: owners, started: map[string]store.Conversation{"s": ann}}, []*queue.Operation{op})
			require.ErrorIs(t, err, queue.ErrRetry, name)
		}
	}
}
