// Package graph is a client of Meta's Graph API for what a Messenger or Instagram bot calls: sends, profiles, uploads and
// the Messenger Profile. [Client.Do] makes every other call.
//
// A [Client] serves many pages. Each call names the page whose token it bears, and a [TokenSource] finds that token anew
// every time, so that renewing one needs no restart. Tokens travel in the Authorization header and never in a URL; with an
// app secret each call is signed with appsecret_proof; no error, and nothing that this package prints, carries either.
//
// The client makes every call once and says of each failure what is known about its fate ([Classify]): the Send API has
// no idempotency key, so that whoever sends again must know whether the first call may have been executed. Sentinels such
// as [ErrOutsideWindow] and [ErrTokenInvalid] name what callers branch on; [Error] carries the platform's own words and
// numbers.
package graph
