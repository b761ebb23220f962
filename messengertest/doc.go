// Package messengertest tests a bot the way a person meets it: it starts the
// bot and a simulated platform, lets people write, and looks at what they see.
//
//	func TestGreeting(t *testing.T) {
//		chat := messengertest.Start(t, messenger.Config{Policy: policy})
//		ada := chat.Person("Ada", "en_US")
//		ada.Says("hi")
//		ada.Sees("Hello, Ada!")
//	}
//
// Everything is real but the platform: callbacks are signed and posted over
// HTTP on loopback, answers come back through the Graph API's paths. What the
// few methods here do not do, the embedded simulator.Simulator does: faults,
// other people, the record of requests, all that a person can do (Chat.Do).
// [StartOn] says how a test moves the clock.
package messengertest
