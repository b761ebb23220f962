// Package messengertest tests a bot from the person's side: it starts the bot
// and a simulated platform, lets people write, and checks what they see.
//
//	func TestGreeting(t *testing.T) {
//		chat := messengertest.Start(t, messenger.Config{Policy: policy})
//		ada := chat.Person("Ada", "en_US")
//		ada.Says("hi")
//		ada.Sees("Hello, Ada!")
//	}
//
// Only the platform is simulated: callbacks are signed and posted over HTTP on
// loopback, and the bot answers by Graph API calls. A [Person] does
// what people do on Messenger and Instagram, and expects what the bot says; what
// fails shows the conversation so far, and what the platform refused.
// [Chat.Refuse] makes the platform refuse calls, [Chat.HasCalled] and
// [Person.IsRefused] look at them, and [Chat.Trigger] sends a callback of any kind.
// The embedded simulator.Simulator has the rest: faults of any call, disorder of
// callbacks, acts on any message.
// [Chat.Human] is someone at work who answers in the page's inbox, and
// [Chat.OtherApp] another app on the page. [Chat.PersonOn] writes to another page
// of simulator.Config.Pages.
// [Chat.Advance] moves the clock past timers and delays, and [Chat.Restart] replaces the bot by another one on the same store.
// [Person.IsInDialog] asserts where a person is in a dialog, and [Chat.Transcript] is what was said, as text.
package messengertest
