// Package graph is a client of Meta's Graph API for Messenger and Instagram bots. [Client.Do] makes the calls that have no
// method of their own.
//
//   - messages: [Client.SendMessage], [Client.PrivateReply], [Client.Upload], [Client.UploadURL], [Client.SearchStickers],
//     [Client.CreateUtilityTemplate]
//   - people: [Client.Profile], [Client.CustomLabels], [Client.Moderate], [Client.LinkingPerson]
//   - the page: [Client.GetMessengerProfile], [Client.CustomUserSettings], [Client.Personas], [Client.Insights], [Client.SetNLP]
//   - conversations: [Client.Conversations], [Client.PassThreadControl], [Client.ThreadOwner]
//   - the app: [Client.Subscribe], [Client.SubscribeApp], [Client.FeatureReviews], [Client.DebugToken]
//
// A [Client] serves many pages. Each call names its page, and a [TokenSource] returns the page's token for every attempt, so
// that a renewed token needs no restart. Tokens are sent in the Authorization header and never in a URL. With an app secret
// each call is signed with appsecret_proof. No error and no value that this package prints contains a token or a proof.
//
// The Send API has no idempotency key, so a caller that sends again must know whether the first call may have been executed.
// [Classify] says of each failure what is known about that. The client itself retries, a few times, only calls that cannot take
// effect twice ([Client]), and never a send. Sentinels such as [ErrOutsideWindow] and [ErrTokenInvalid] name what callers
// branch on; [Error] carries the platform's own words and numbers, and [Error.Meaning] what they mean. docs/errors.md lists
// every code that this package knows, with its meaning, what the bot does and the source.
//
// The platform's answers report how much of its rate limits a page has used: [Client.Usage]. [Client.Batch] puts up to 50
// reads into one call; each of them counts against the limits.
package graph
