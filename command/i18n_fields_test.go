package command_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/i18n/extract"
)

var update = flag.Bool("update", false, "write files that tests compare with")

// The fields whose texts policy files translate are those that the code of the library translates.
func TestTheFieldsOfPolicyFilesAreThoseOfTheLibrary(t *testing.T) {
	t.Parallel()
	result, err := extract.Load(t.Context(), extract.Config{Dir: "..", Patterns: []string{"./handling", "./routing", "./routing/policyfile", "./sending"}})
	require.NoError(t, err)
	var fields strings.Builder
	for _, f := range result.Fields {
		for _, p := range []string{"handling.", "routing.", "routing/policyfile.", "sending."} {
			if strings.HasPrefix(f.Name, "github.com/djmessenger/messenger/"+p) {
				fmt.Fprintf(&fields, "%s %d\n", f.Name, f.Limit)
			}
		}
	}
	if *update {
		require.NoError(t, os.WriteFile("i18n_fields.txt", []byte(fields.String()), 0o644))
	}
	kept, err := os.ReadFile("i18n_fields.txt")
	require.NoError(t, err)
	require.Equal(t, string(kept), fields.String(), "write it anew: go test ./command -run TheFieldsOfPolicyFiles -update")
}
