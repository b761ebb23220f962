// Package graph is a client of Meta's Graph API for what a Messenger or Instagram bot calls. [Client.Do] makes every
// other call.
//
//   - messages: [Client.SendMessage], [Client.PrivateReply], [Client.Upload], [Client.UploadURL], [Client.SearchStickers],
//     [Client.CreateUtilityTemplate]
//   - people: [Client.Profile], [Client.CustomLabels], [Client.Moderate], [Client.LinkingPerson]
//   - the page: [Client.MessengerProfile], [Client.CustomUserSettings], [Client.Personas], [Client.Insights], [Client.SetNLP]
//   - conversations: [Client.Conversations], [Client.PassThreadControl], [Client.ThreadOwner]
//   - the app: [Client.Subscribe], [Client.SubscribeApp], [Client.FeatureReviews], [Client.DebugToken],
//     [Client.Accounts], [Client.ExchangeUserToken]
//
// A [Client] serves many pages. Each call names the page whose token it bears, and a [TokenSource] finds that token anew
// every time, so that renewing one needs no restart. Tokens travel in the Authorization header and never in a URL; with an
// app secret each call is signed with appsecret_proof; no error, and nothing that this package prints, carries either.
//
// The Send API has no idempotency key, so a caller that sends again must know whether the first call may have been executed.
// [Classify] says of each failure what is known about that. The client itself retries, a few times, only calls that cannot take
// effect twice ([Client]), and never a send. Sentinels such as [ErrOutsideWindow] and [ErrTokenInvalid] name what callers
// branch on; [Error] carries the platform's own words and numbers, and [Error.Meaning] what they mean. docs/errors.md lists
// every code that this package knows, with its meaning, what the bot does and the source.
//
// The platform tells with its answers what share of its allowances a page has used up: [Client.Usage]. [Client.Batch] puts
// up to 50 reads into one call, each of which counts against them all the same.
package graph
