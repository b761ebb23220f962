// Package weburl checks the URLs that the platform is given: whether they are
// absolute http or https URLs as RFC 3986 writes them.
//
// [url.Parse] is more lenient than the RFC: it takes spaces, quotes, braces and
// text that is not ASCII, and encodes them itself. The platform, the person's
// telephone and a proxy between them do not agree on such URLs, and so a message
// with one fails after it was sent, or shows a broken image. Here it is refused
// before, with the reason.
package weburl
