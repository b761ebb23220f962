package weburl_test

import (
	"strings"
	"testing"

	"github.com/djmessenger/messenger/internal/weburl"
)

func BenchmarkCheck(b *testing.B) {
	for name, text := range map[string]string{
		"short": "https://cdn.example.com/products/red%20shoes.png?size=42",
		"long":  "https://cdn.example.com/" + strings.Repeat("a%20b", 400),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := weburl.Check(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
