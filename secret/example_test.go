package secret_test

import (
	"fmt"

	"github.com/djmessenger/messenger/secret"
)

func ExampleValue() {
	config := struct {
		Page  string
		token secret.Value
	}{Page: "1234", token: secret.New("EAAG")}

	fmt.Println(config.token)
	fmt.Println(len(config.token.Reveal()))
	// Output:
	// [redacted]
	// 4
}

func ExampleValue_Equal() {
	verify := secret.New("a long random string")
	fmt.Println(verify.Equal("a guess"), verify.Equal("a long random string"))
	fmt.Println(secret.Value{}.Equal(""))
	// Output:
	// false true
	// false
}
