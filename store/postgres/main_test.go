package postgres_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/djmessenger/messenger/store"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/store/postgres"
)

const childVariable = "POSTGRES_TEST_CHILD"

// TestMain is also the process that TestMain's tests stop and kill: it leases
// what there is, and says so.
func TestMain(m *testing.M) {
	if dsn := os.Getenv(childVariable); dsn != "" {
		if err := hold(dsn); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func hold(dsn string) error {
	st, err := postgres.Open(dsn)
	if err != nil {
		return err
	}
	leases, err := st.Claim(context.Background(), claim)
	if err != nil {
		return err
	}
	for _, lease := range leases {
		if err := st.MarkAlone(context.Background(), lease.LeaseID, lease.Events[0].Seq); err != nil {
			return err
		}
	}
	if _, err := st.Heartbeat(context.Background(), store.Replica{Owner: "other", TTL: time.Hour}); err != nil {
		return err
	}
	fmt.Println(len(leases))
	_, err = os.Stdin.Read(make([]byte, 1))
	return err
}

// holder starts a process that leases all there is, and marks it as run alone.
func holder(t *testing.T, dsn string) *os.Process {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childVariable+"="+dsn)
	cmd.Stderr = os.Stderr
	_, err = cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "1\n", line)
	return cmd.Process
}
