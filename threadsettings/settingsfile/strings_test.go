package settingsfile_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/threadsettings/settingsfile"
)

// The texts that are translated are found with their places and limits; those of other locales, payloads and names are not.
func TestStrings(t *testing.T) {
	t.Parallel()
	content := []byte(`get_started: true
greeting:
  - {locale: default, text: Welcome}
  - {locale: de_DE, text: Willkommen}
persistent_menu:
  - title: Opening hours
  - {title: Web site, url: "https://pizza.example"}
ice_breakers: [{question: Where are you?, payload: WHERE}]
commands: [{name: help, description: Shows what I can do}]
`)
	found, err := settingsfile.Strings("s.yaml", content)
	require.NoError(t, err)
	require.ElementsMatch(t, []settingsfile.String{
		{File: "s.yaml", Line: 3, Column: 29, Limit: 160, Text: "Welcome"},
		{File: "s.yaml", Line: 6, Column: 12, Limit: 30, Text: "Opening hours"},
		{File: "s.yaml", Line: 7, Column: 13, Limit: 30, Text: "Web site"},
		{File: "s.yaml", Line: 8, Column: 27, Limit: 80, Text: "Where are you?"},
		{File: "s.yaml", Line: 9, Column: 38, Limit: 64, Text: "Shows what I can do"},
	}, found)
	found, err = settingsfile.Strings("s.yaml", []byte("greeting: Hi"))
	require.NoError(t, err)
	require.Equal(t, []settingsfile.String{{File: "s.yaml", Line: 1, Column: 11, Limit: 160, Text: "Hi"}}, found)
	_, err = settingsfile.Strings("s.yaml", []byte("greting: Hi"))
	require.ErrorAs(t, err, new(settingsfile.Mistakes))
}
