// Package words is imported by the program.
package words

import (
	"context"

	"github.com/djmessenger/messenger/i18n"
)

// Greet says something of its own.
func Greet(ctx context.Context) string { return hello(ctx) }

func hello(ctx context.Context) string { return i18n.From(ctx).Text("words.hello") }

// Example is called by no one.
func Example(ctx context.Context) string { return i18n.From(ctx).Text("words.example") }

// Called is called by the program.
func Called(ctx context.Context) string { return i18n.From(ctx).Text("words.called") }

// Say says what it is given.
func Say(ctx context.Context, id string) string { return i18n.From(ctx).Text(id) }
