package engine

import (
	"errors"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/sending"
	"github.com/djmessenger/messenger/store"
)

// sentRecord is the record of an attempt that ended at that time.
func sentRecord(d sending.Delivery, result graph.SendResult, err error, at time.Time) store.Sent {
	to := sending.Recipient{ID: d.PSID}
	body, bodyErr := d.Message.Request(to, d.Message.Metadata)
	if bodyErr != nil {
		body = nil
	}
	s := store.Sent{
		PageID:   d.PageID,
		PSID:     d.PSID,
		Key:      d.Key,
		Type:     d.Message.Kind(),
		Body:     body,
		Response: string(result.Raw),
		MID:      result.MID,
		Outcome:  store.OutcomeSent,
		At:       at,
	}
	if err != nil {
		s.Outcome = store.OutcomeRefused
		s.Error = err.Error()
		s.Status = statusOf(err)
	} else {
		s.Status = 200
	}
	return s
}

// statusOf returns the HTTP status of the answer, or 0 if there was none.
func statusOf(err error) int {
	var refused *graph.Error
	var unusable *graph.ResponseError
	switch {
	case errors.As(err, &refused):
		return refused.HTTPStatus
	case errors.As(err, &unusable):
		return unusable.HTTPStatus
	}
	return 0
}
