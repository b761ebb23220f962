package messengertest

import (
	"encoding/json"

	"github.com/djmessenger/messenger/simulator"
)

// Trigger sends a sample callback of a kind, such as "lead_form" or "policy_enforcement", for what people here do not do: simulator.Kinds
// has all. By default it is about the first page of the kind's platform and the first person there. The conversation stays as it is. A kind
// that there is not, or a value that does not fit, fails the test.
func (c *Chat) Trigger(kind string, about simulator.Trigger) simulator.Delivery {
	c.t.Helper()
	d, err := c.Simulator.Trigger(c.t.Context(), kind, about)
	if err != nil {
		c.t.Fatalf("messengertest: trigger %q: %v", kind, err)
	}
	return d
}

// Post sends one event as it is, in JSON: {"sender":{"id":"…"},"recipient":{"id":"…"},"timestamp":…,"optin":{…}}. It needs no
// subscription, and the conversation stays as it is. What is no JSON object fails the test. PostStandby and PostChange of the embedded
// simulator send other callbacks.
func (c *Chat) Post(event string) {
	c.t.Helper()
	if err := c.Simulator.Post(c.t.Context(), json.RawMessage(event)); err != nil {
		c.t.Fatalf("messengertest: post an event: %v", err)
	}
}
