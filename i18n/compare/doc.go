// Package compare says the same text with package i18n, with go-i18n and with golang.org/x/text/message. It is a module of
// its own, so that the library's module graph names none of what it is compared with:
//
//	go test -bench . -cpu 1,2
package compare
