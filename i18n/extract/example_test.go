package extract_test

import (
	"context"
	"fmt"
	"log"

	"github.com/djmessenger/messenger/i18n/extract"
)

func ExampleLoad() {
	result, err := extract.Load(context.Background(), extract.Config{Dir: "testdata/words", Patterns: []string{"."}})
	if err != nil {
		log.Print(err)
		return
	}
	for _, text := range result.Texts {
		fmt.Println(text.Places[0], text.ID)
	}
	for _, unknown := range result.Unknown {
		fmt.Println(unknown.Place, unknown.Why)
	}
	// Output:
	// words.go:19:70 words.called
	// words.go:16:71 words.example
	// words.go:13:69 words.hello
	// words.go:22:31 the parameter id of a function that nothing here calls
}
