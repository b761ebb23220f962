// Package settingsfile reads and writes thread settings as YAML or JSON, in the platform's own words:
//
//	get_started: true
//	greeting: Welcome to Bella Pizza
//	persistent_menu:
//	  - title: Opening hours
//	  - title: Web site
//	    url: https://pizza.example
//
// Each property has the short form above, for a bot with one language or with catalogues, and the platform's form with a block
// for each locale, so that what its documentation shows, and what a page returns, can be pasted:
//
//	greeting:
//	  - {locale: default, text: Welcome}
//	  - {locale: de_DE, text: Willkommen}
//	persistent_menu:
//	  - locale: default
//	    composer_input_disabled: false
//	    call_to_actions:
//	      - {type: postback, title: Opening hours, payload: HOURS}
//	ice_breakers:
//	  - {question: Where are you?, payload: WHERE}
//	commands:
//	  - {name: help, description: Shows what I can do}
//	whitelisted_domains: [https://pizza.example]
//	account_linking_url: https://pizza.example/login
//	remove: [ice_breakers]
//
// An Instagram account has "platform: instagram". The settings of djmessenger, DJM_THREAD_GREETINGS_TEXT,
// DJM_THREAD_PERSISTENT_MENUS and DJM_THREAD_ENABLE_GET_STARTED_BUTTON, are read under their names.
//
// All mistakes of a file are reported together, as [Mistakes], each with its line, its column, its place in the tree and the
// nearest known name, and so is what threadsettings.Settings.Validate finds. docs/thread-settings.md is the guide.
package settingsfile
