package upgradetest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store/gormstore"
)

var write = flag.Bool("write-fixture", false, "write the fixture of today's tables, unless it is there")

// Database is a kind of database under test.
type Database struct {
	// New makes an empty store. The function that it returns writes the database to a
	// file, after the store was closed.
	New func(t *testing.T, now func() time.Time) (st *gormstore.Store, dump func(file string))
	// Load makes a database of such a file, and returns what opens it.
	Load func(t *testing.T, file string) func(now func() time.Time) *gormstore.Store
	// Suffix is that of the files.
	Suffix string
}

// dir is where a package has its fixtures.
const dir = "testdata/upgrade"

// Run checks each fixture of a package, and that today's tables have one.
func Run(t *testing.T, d Database) {
	t.Helper()
	clock := NewClock()
	st, dump := d.New(t, clock.Now)
	var version int
	require.NoError(t, st.DB().Raw("SELECT MAX(version) FROM messenger_schema").Scan(&version).Error)
	file := filepath.Join(dir, fmt.Sprintf("v%d%s", version, d.Suffix))
	if _, err := os.Stat(file); *write && os.IsNotExist(err) {
		Fill(t, st, clock)
		require.NoError(t, st.Close())
		require.NoError(t, os.MkdirAll(dir, 0o750))
		dump(file)
	} else {
		require.NoError(t, st.Close())
	}
	require.FileExists(t, file, "the tables have version %d and no fixture; write it, before they change again, with: "+
		"go test ./store/sqlite ./store/postgres -run TestUpgrade -write-fixture", version)

	files, err := filepath.Glob(filepath.Join(dir, "v*"+d.Suffix))
	require.NoError(t, err)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), d.Suffix), func(t *testing.T) {
			t.Parallel()
			Check(t, d.Load(t, file))
		})
	}
}
