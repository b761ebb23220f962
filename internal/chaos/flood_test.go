package chaos_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
)

const (
	hostile       = 1000 // connections
	mayGrow       = 128 << 10
	largeBody     = 4 << 20 // the largest that is taken
	honestSenders = 4
	honestPace    = 20 * time.Millisecond // of each
)

// attack is what a hostile connection sends: a head, and then a body that does
// not end. Where drip is set, it is written once a second.
type attack struct{ head, body, drip string }

var (
	wrongKey = "POST /webhook HTTP/1.1\r\nHost: bot\r\nX-Hub-Signature-256: sha256=" + strings.Repeat("0", 64) + "\r\n"
	filler   = strings.Repeat("x", largeBody)
	attacks  = map[string]attack{
		"the last KiB held back": {head: wrongKey + "Content-Length: 4194304\r\n\r\n", body: filler[1<<10:]},
		"64 KiB held back":       {head: wrongKey + "Content-Length: 65536\r\n\r\n", body: filler[:63<<10]},
		"a byte a second":        {head: wrongKey + "Content-Length: 4194304\r\n\r\n", drip: "x"},
		"chunked":                {head: wrongKey + "Transfer-Encoding: chunked\r\n\r\n", body: "3ffc00\r\n" + filler[:0x3ffc00] + "\r\n"},
		"only a head":            {head: wrongKey + "Content-Length: 4194304\r\n\r\n"},
		"half a head":            {head: wrongKey + "X-Filler: " + filler[:15<<10]},
		"a head too large":       {head: wrongKey + "X-Filler: " + filler[:1<<20]},
	}
)

// A thousand connections that hold as much of a body as they may cost a bounded
// amount of memory, and keep no message of a person out.
func TestHostileConnectionsCostLittleMemory(t *testing.T) {
	t.Parallel()
	names := slices.Sorted(maps.Keys(attacks))
	var all []attack
	for _, name := range names {
		all = append(all, attacks[name])
	}
	flood(t, "all of them", all)
	if !scaleOf(t).long {
		names = []string{"the last KiB held back"} // which costs the most
	}
	for _, name := range names {
		flood(t, name, []attack{attacks[name]})
	}
}

func flood(t *testing.T, name string, with []attack) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		bot := start(t, tempDatabase(t), newPlatform(t).URL)
		address := strings.TrimPrefix(bot.url, "http://")
		// Longer than a body may take, so that what was held is given up and
		// sent again.
		lasts := receiving.DefaultBodyTimeout + time.Second
		if scaleOf(t).long {
			lasts = 20 * time.Second
		}
		honest(t, bot, "before", time.Second) // what a bot needs at work
		before := memory(t, bot.pid(), "VmRSS")

		several := hostile
		if raceDetector { // which makes each of them ten times as slow
			several = hostile / 10
		}
		ctx, stop := context.WithCancel(t.Context())
		var attackers, ready sync.WaitGroup
		var connections atomic.Int64
		ready.Add(several)
		for i := range several {
			attackers.Go(func() {
				first := sync.OnceFunc(ready.Done)
				pause := time.NewTicker(time.Second + time.Duration(i)*time.Millisecond)
				defer pause.Stop()
				for ctx.Err() == nil {
					connections.Add(1)
					with[i%len(with)].run(ctx, address, first)
					select { // and it comes again
					case <-pause.C:
					case <-ctx.Done():
					}
				}
				first()
			})
		}
		ready.Wait()
		took := honest(t, bot, "during", lasts)
		peak := memory(t, bot.pid(), "VmHWM")
		stop()
		attackers.Wait()

		slices.Sort(took)
		late := len(took) - slices.IndexFunc(append(took, time.Hour), func(d time.Duration) bool { return d > time.Second })
		t.Logf("%d hostile connections; resident %d KiB, at most %d KiB more; %d callbacks, all 200, half of them within %v, 99 %% within %v, %d after more than a second",
			connections.Load(), before, peak-before, len(took), took[len(took)/2], took[len(took)*99/100], late)
		if !raceDetector { // which keeps memory of its own
			require.LessOrEqual(t, peak-before, mayGrow)
		}
		// All of it comes back, so that the largest callbacks are taken again.
		for status := 0; status != http.StatusOK; {
			status, _ = answerTo(t.Context(), t, bot, honestBody(1, "after", largeBody-4<<10))
			require.NoError(t, t.Context().Err())
		}
	})
}

// run makes one hostile connection and holds it until the bot closes it. It
// calls ready when it has sent what it has, or can send no more.
func (a attack) run(ctx context.Context, address string, ready func()) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	defer func() { _ = conn.Close() }()
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(64 << 10) // what the system holds is not the bot's
	}
	_, err = io.WriteString(conn, a.head)
	if err == nil {
		_, err = io.WriteString(conn, a.body)
	}
	ready()
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		_, _ = io.Copy(io.Discard, bufio.NewReader(conn)) // an answer, and the end
	}()
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		select {
		case <-answered:
			return
		case <-second.C:
			if err == nil && a.drip != "" {
				_, err = io.WriteString(conn, a.drip)
			}
		}
	}
}

// honest posts callbacks of 2 KiB for a while, and returns how long each took to
// be answered 200. None may be refused for the bodies in flight. Those that were too
// slow for the bot's limits, as happens on a busy machine, are delivered again.
func honest(t *testing.T, bot *process, run string, lasts time.Duration) (took []time.Duration) {
	t.Helper()
	var mu sync.Mutex
	var senders sync.WaitGroup
	end := time.Now().Add(lasts)
	for sender := range honestSenders {
		senders.Go(func() {
			pace := time.NewTicker(honestPace)
			defer pace.Stop()
			for n := sender; time.Now().Before(end); n += honestSenders {
				begun := time.Now()
				for status := 0; status != http.StatusOK && t.Context().Err() == nil; {
					var text string
					status, text = answerTo(t.Context(), t, bot, honestBody(n, run, 2<<10))
					switch status {
					case http.StatusOK, http.StatusRequestTimeout, 0: // 0: it was not read in time
					case http.StatusServiceUnavailable:
						assert.Contains(t, text, "not stored")
					default:
						t.Errorf("a callback was answered %d: %s", status, text)
					}
				}
				mu.Lock()
				took = append(took, time.Since(begun))
				mu.Unlock()
				<-pace.C
			}
		})
	}
	senders.Wait()
	return took
}

// honestBody is a callback with one message, of a size.
func honestBody(n int, run string, size int) []byte {
	body := fmt.Sprintf(`{"object":"page","entry":[{"id":"100000001","time":%d,"messaging":[{"sender":{"id":"7%06d"},"recipient":{"id":"100000001"},`+
		`"timestamp":%d,"message":{"mid":"m_%s_%d","text":"%s %d"}}]}],"filler":"`, time.Now().UnixMilli(), n, time.Now().UnixMilli(), run, n, verbSay, n)
	return []byte(body + strings.Repeat("x", size-len(body)-2) + `"}`)
}

// answerTo posts a signed callback on a connection of its own and waits for the
// answer as long as it takes. The status is 0 if none came.
func answerTo(ctx context.Context, t *testing.T, bot *process, body []byte) (status int, text string) {
	t.Helper()
	mac := hmac.New(sha256.New, []byte(appSecret))
	mac.Write(body)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, bot.url+"/webhook", bytes.NewReader(body))
	if err != nil {
		return 0, err.Error()
	}
	r.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	resp, err := client.Transport.RoundTrip(r)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(answer)
}

// memory is a figure of a process's memory, in KiB: VmRSS is what is resident
// now, VmHWM the most that ever was.
func memory(t *testing.T, pid int, figure string) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	require.NoError(t, err)
	_, rest, _ := strings.Cut(string(status), figure+":")
	fields := strings.Fields(rest)
	require.NotEmpty(t, fields)
	kib, err := strconv.Atoi(fields[0])
	require.NoError(t, err)
	return kib
}
