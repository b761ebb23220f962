package threadsettings_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/threadsettings"
)

func ExampleApply() {
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, `{"data":[{"get_started":{"payload":"GET_STARTED_BUTTON"}}]}`)
			return
		}
		_, _ = io.WriteString(w, `{"result":"success"}`)
	}))
	defer platform.Close()
	client, err := graph.New(graph.Config{BaseURL: platform.URL, Tokens: graph.PageToken("EAAG")})
	if err != nil {
		fmt.Println(err)
		return
	}

	report, err := threadsettings.Apply(context.Background(), client, "1234", threadsettings.Settings{
		GetStarted:     &threadsettings.GetStarted{},
		PersistentMenu: threadsettings.MenuOf(threadsettings.MenuItem{Title: "Help"}, threadsettings.MenuItem{Title: "Shop", URL: "https://shop.example"}),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(report)
	// Output: applied  set persistent_menu
}

func ExampleNewPlan() {
	current := threadsettings.Settings{Greeting: threadsettings.GreetingOf("Hi")}
	plan, err := threadsettings.NewPlan(current, threadsettings.Settings{
		GetStarted: &threadsettings.GetStarted{},
		Greeting:   threadsettings.GreetingOf("Welcome"),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(plan)
	// Output:
	// set get_started
	//     + GET_STARTED_BUTTON
	// change greeting
	//   default
	//     - "Hi"
	//     + "Welcome"
}

func ExampleSettings_Localize() {
	catalog, err := i18n.New(map[string]map[string]string{"zh-CN": {"Welcome": "欢迎"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	settings := threadsettings.Settings{Greeting: threadsettings.GreetingOf("Welcome")}.Localize(catalog)
	for _, greeting := range settings.Greeting {
		fmt.Println(greeting.Locale, greeting.Text)
	}
	// Output:
	// default Welcome
	// zh_CN 欢迎
}
