// Package instagramlogin keeps the tokens of accounts that are connected by Instagram Login good: they last 60 days, and
// are refreshed each week. One of the replicas that share a store refreshes a token, and all use what it got.
//
// https://developers.facebook.com/docs/instagram-platform/reference/refresh_access_token
package instagramlogin
