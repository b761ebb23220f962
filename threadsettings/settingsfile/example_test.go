package settingsfile_test

import (
	"fmt"

	"github.com/djmessenger/messenger/threadsettings"
	"github.com/djmessenger/messenger/threadsettings/settingsfile"
)

func ExampleParse() {
	settings, err := settingsfile.Parse("thread-settings.yaml", []byte(`
get_started: true
greeting: Welcome to Bella Pizza
persistent_menu:
  - title: Opening hours
  - title: Web site
    url: https://pizza.example
`))
	if err != nil {
		fmt.Println(err) // all mistakes, one a line
		return
	}
	plan, err := threadsettings.NewPlan(threadsettings.Settings{}, settings)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(plan)
	// Output:
	// set get_started
	//     + GET_STARTED_BUTTON
	// set persistent_menu
	//   default
	//     + "Opening hours" → PERSISTENT_MENU_ONE
	//     + "Web site" → https://pizza.example
	// set greeting
	//   default
	//     + "Welcome to Bella Pizza"
}
