package receiving_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/secret"
)

const (
	kib = 1 << 10
	mib = 1 << 20
)

// wellFormed is a signature that could be right and is not.
var wellFormed = "sha256=" + strings.Repeat("0", 64)

// newWebhook makes a webhook. Tests that run outside of a bubble set BodyTimeout, since a busy machine is slow.
func newWebhook(t *testing.T, change func(*receiving.WebhookConfig)) *receiving.Webhook {
	t.Helper()
	config := receiving.WebhookConfig{
		Accept:      acceptAll,
		Apps:        []receiving.App{{Secrets: []secret.Value{secret.New(appSecret)}}},
		Logger:      discardLogger(),
		VerifyToken: secret.New(verifyToken),
	}
	if change != nil {
		change(&config)
	}
	w, err := receiving.NewWebhook(config)
	require.NoError(t, err)
	return w
}

// upload is a request whose body arrives bit by bit.
type upload struct {
	*io.PipeWriter
	answer *httptest.ResponseRecorder // once done is closed
	done   chan struct{}
}

// newUpload starts a request in a bubble. Its body announces 4 MiB.
func newUpload(t *testing.T, w *receiving.Webhook) *upload {
	t.Helper()
	r, in := io.Pipe()
	u := &upload{PipeWriter: in, answer: httptest.NewRecorder(), done: make(chan struct{})}
	request := httptest.NewRequest(http.MethodPost, "/", r)
	request.ContentLength = receiving.DefaultMaxBody
	request.Header.Set("X-Hub-Signature-256", wellFormed)
	go func() {
		defer close(u.done)
		w.ServeHTTP(u.answer, request)
		_ = r.Close()
	}()
	t.Cleanup(func() { u.end() })
	return u
}

// send sends more of the body and waits until it has been received. It reports whether the request still goes on.
func (u *upload) send(n int) bool {
	_, _ = u.Write(make([]byte, n))
	synctest.Wait()
	select {
	case <-u.done:
		return false
	default:
		return true
	}
}

// end ends the body and returns the answer.
func (u *upload) end() int {
	_ = u.Close()
	<-u.done
	return u.answer.Code
}

// fill holds bodies of a size until one of them is refused, and returns those that are held.
func fill(t *testing.T, w *receiving.Webhook, size int) (held []*upload) {
	t.Helper()
	for {
		u := newUpload(t, w)
		if !u.send(size) {
			require.Equal(t, http.StatusServiceUnavailable, u.answer.Code)
			require.Equal(t, "5", u.answer.Header().Get("Retry-After"))
			require.Equal(t, "close", u.answer.Header().Get("Connection"))
			return held
		}
		held = append(held, u)
	}
}

func TestBodiesCostWhatTheyHaveSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWebhook(t, nil)
		u := newUpload(t, w)
		sent := 0
		for _, upTo := range []struct{ sent, memory int }{
			{1, 4 * kib}, {4*kib - 1, 4 * kib}, {4*kib + 1, 8 * kib}, {8*kib + 1, 16 * kib}, {33 * kib, 64 * kib}, {63 * kib, 64 * kib},
			{64*kib + 1, 128 * kib}, {190 * kib, 192 * kib}, {4*mib - kib, 4 * mib},
		} {
			require.True(t, u.send(upTo.sent-sent))
			sent = upTo.sent
			require.EqualValues(t, upTo.memory, w.Counts().BodyBytes, "after %d bytes", sent)
		}
		require.Equal(t, http.StatusUnauthorized, u.end())
		require.Equal(t, receiving.Counts{RefusedSignatures: 1}, w.Counts())
	})
}

// TestNoBodyKeepsSmallerOnesOut: whoever fills the memory with bodies of one size leaves the reserve for smaller ones.
func TestNoBodyKeepsSmallerOnesOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWebhook(t, nil)
		var held []*upload
		for _, attack := range []struct{ size, fills int }{
			{4*mib - kib, 24 * mib}, // a large body may use three quarters of 32 MiB
			{100 * kib, 24 * mib},   // and so may a smaller one: above 64 KiB they are all large
			{60 * kib, 28 * mib},
			{5 * kib, 28 * mib},
			{2 * kib, 32 * mib},
		} {
			held = append(held, fill(t, w, attack.size)...)
			used := int(w.Counts().BodyBytes)
			require.LessOrEqual(t, used, attack.fills, "bodies of %d bytes", attack.size)
			require.Greater(t, used, attack.fills-128*kib, "bodies of %d bytes", attack.size)
		}
		require.EqualValues(t, 5, w.Counts().OverBudget)
		for _, u := range held {
			require.Equal(t, http.StatusUnauthorized, u.end())
		}
		require.Zero(t, w.Counts().BodyBytes)
		require.Len(t, fill(t, w, 4*mib-kib), 6, "what was given back can be used again")
	})
}

// TestAThousandConnectionsKeepNoMessageOut: whatever size a thousand bodies are held at, a message of 2 KiB is taken.
func TestAThousandConnectionsKeepNoMessageOut(t *testing.T) {
	t.Parallel()
	message := []byte(callback(`{"sender":{"id":"7"},"message":{"mid":"m","text":"` + strings.Repeat("x", 2*kib) + `"}}`))
	for _, sizes := range [][]int{{4*mib - kib}, {64*kib + 1}, {63 * kib}, {5 * kib}, {4 * kib}, {1}, {0}, {4*mib - kib, 63 * kib, 3 * kib}} {
		t.Run(fmt.Sprint(sizes), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWebhook(t, nil)
				held := 0
				for i := range 1000 {
					// The largest ones first; when they no longer fit, the next smaller ones.
					u := newUpload(t, w)
					if u.send(sizes[min(i*len(sizes)/1000, len(sizes)-1)]) {
						held++
					}
				}
				require.Positive(t, held)
				require.LessOrEqual(t, w.Counts().BodyBytes, int64(receiving.DefaultBodyBudget))
				for range 10 {
					answer := httptest.NewRecorder()
					r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(message))
					r.Header.Set("X-Hub-Signature-256", sign(appSecret, message))
					w.ServeHTTP(answer, r)
					require.Equal(t, http.StatusOK, answer.Code)
				}
			})
		})
	}
}

// TestBodiesGiveTheirMemoryBack: whatever a request comes to.
func TestBodiesGiveTheirMemoryBack(t *testing.T) {
	t.Parallel()
	good := callback(`{"message":{"mid":"m","text":"` + strings.Repeat("x", 300*kib) + `"}}`)
	signed := func(body string) (io.Reader, string) { return strings.NewReader(body), sign(appSecret, []byte(body)) }
	for name, test := range map[string]struct {
		accept func(context.Context, []receiving.Envelope) error
		body   func() (io.Reader, string)
		status int // 0 for a panic
	}{
		"accepted":        {body: func() (io.Reader, string) { return signed(good) }, status: http.StatusOK},
		"wrong signature": {body: func() (io.Reader, string) { return strings.NewReader(good), wellFormed }, status: http.StatusUnauthorized},
		"not JSON":        {body: func() (io.Reader, string) { return signed(good[1:]) }, status: http.StatusBadRequest},
		"too many": {
			body: func() (io.Reader, string) {
				return signed(callback(strings.Repeat("{},", receiving.MaxElements) + "{}"))
			},
			status: http.StatusRequestEntityTooLarge,
		},
		"too large": {
			body:   func() (io.Reader, string) { return signed(good + strings.Repeat(" ", receiving.DefaultMaxBody)) },
			status: http.StatusRequestEntityTooLarge,
		},
		"broke off": {
			body: func() (io.Reader, string) {
				return io.MultiReader(strings.NewReader(good[:70*kib]), iotest.ErrReader(io.ErrUnexpectedEOF)), wellFormed
			},
			status: http.StatusBadRequest,
		},
		"makes no progress": {body: func() (io.Reader, string) { return idle{}, wellFormed }, status: http.StatusBadRequest},
		"limited by a middleware": {
			body: func() (io.Reader, string) {
				return http.MaxBytesReader(nil, io.NopCloser(strings.NewReader(good)), 70*kib), wellFormed
			},
			status: http.StatusRequestEntityTooLarge,
		},
		"not stored": {
			accept: func(context.Context, []receiving.Envelope) error { return errors.New("disk full") },
			body:   func() (io.Reader, string) { return signed(good) },
			status: http.StatusServiceUnavailable,
		},
		"accept panics": {
			accept: func(context.Context, []receiving.Envelope) error { panic(http.ErrAbortHandler) },
			body:   func() (io.Reader, string) { return signed(good) },
		},
		"the body's reader panics": {
			body: func() (io.Reader, string) {
				return io.MultiReader(strings.NewReader(good[:70*kib]), panics{}), wellFormed
			},
		},
	} {
		for way, wrap := range map[string]func(http.ResponseWriter) http.ResponseWriter{
			"in place": func(w http.ResponseWriter) http.ResponseWriter { return deadlined{w} },
			"aside":    func(w http.ResponseWriter) http.ResponseWriter { return w },
		} {
			t.Run(name+" "+way, func(t *testing.T) {
				t.Parallel()
				w := newWebhook(t, func(c *receiving.WebhookConfig) {
					c.BodyTimeout = time.Minute
					if test.accept != nil {
						c.Accept = test.accept
					}
				})
				for range 3 {
					body, signature := test.body()
					r := httptest.NewRequest(http.MethodPost, "/", body)
					r.Header.Set("X-Hub-Signature-256", signature)
					answer := httptest.NewRecorder()
					if test.status == 0 {
						require.PanicsWithValue(t, http.ErrAbortHandler, func() { w.ServeHTTP(wrap(answer), r) })
					} else {
						w.ServeHTTP(wrap(answer), r)
						require.Equal(t, test.status, answer.Code)
					}
					require.Zero(t, w.Counts().BodyBytes)
				}
			})
		}
	}
}

// idle is a reader that neither fails nor goes on.
type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

// panics is a reader of a middleware that gives a request up.
type panics struct{}

func (panics) Read([]byte) (int, error) { panic(http.ErrAbortHandler) }

// TestBodiesArriveAsTheyWere: in pieces of any size, across all blocks, up to the limit and not a byte further.
func TestBodiesArriveAsTheyWere(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	var got string
	w := newWebhook(t, func(c *receiving.WebhookConfig) {
		c.BodyTimeout = time.Minute
		c.MaxBody = 300*kib + 1
		c.Accept = func(_ context.Context, envelopes []receiving.Envelope) error {
			ev, _ := envelopes[0].Event()
			got = ev.Text()
			return nil
		}
	})
	for _, size := range []int{200, 4*kib - 1, 4 * kib, 4*kib + 1, 8*kib + 1, 20 * kib, 64 * kib, 64*kib + 1, 128 * kib, 128*kib + 1, 300 * kib, 300*kib + 1, 300*kib + 2} {
		frame := callback(`{"message":{"mid":"m","text":""}}`)
		text := strings.Repeat("0123456789abcdef", size/16+1)[:size-len(frame)]
		body := []byte(callback(`{"message":{"mid":"m","text":"` + text + `"}}`))
		require.Len(t, body, size)
		for name, reader := range map[string]io.Reader{
			"whole":  bytes.NewReader(body),
			"bytes":  iotest.OneByteReader(bytes.NewReader(body)),
			"pieces": pieces{bytes.NewReader(body), random},
			"eof":    iotest.DataErrReader(bytes.NewReader(body)),
		} {
			r := httptest.NewRequest(http.MethodPost, "/", reader)
			r.Header.Set("X-Hub-Signature-256", sign(appSecret, body))
			answer := httptest.NewRecorder()
			got = ""
			w.ServeHTTP(answer, r)
			if size > 300*kib+1 {
				require.Equal(t, http.StatusRequestEntityTooLarge, answer.Code, "%d %s", size, name)
				continue
			}
			require.Equal(t, http.StatusOK, answer.Code, "%d %s", size, name)
			if got != text { // a failure without megabytes of text
				t.Errorf("%d %s: the text differs", size, name)
			}
		}
	}
}

// pieces reads as much at once as chance will have it.
type pieces struct {
	from   io.Reader
	random *rand.Rand
}

func (p pieces) Read(to []byte) (int, error) { return p.from.Read(to[:p.random.IntN(len(to)+1)]) }

// TestCallbacksThatWaitForAcceptStayWithinTheBudget: a slow store leads to 503, and not to more memory.
func TestCallbacksThatWaitForAcceptStayWithinTheBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stored := make(chan struct{})
		w := newWebhook(t, func(c *receiving.WebhookConfig) {
			c.BodyBudget = mib
			c.MaxBody = 64 * kib
			c.Accept = func(context.Context, []receiving.Envelope) error {
				<-stored
				return nil
			}
		})
		body := []byte(callback(`{"message":{"mid":"m"}}`))
		answers := make(chan int, 1000)
		for range cap(answers) {
			go func() {
				r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
				r.Header.Set("X-Hub-Signature-256", sign(appSecret, body))
				answer := httptest.NewRecorder()
				w.ServeHTTP(answer, r)
				answers <- answer.Code
			}()
		}
		synctest.Wait()
		require.EqualValues(t, mib, w.Counts().BodyBytes)
		close(stored)
		count := map[int]int{}
		for range cap(answers) {
			count[<-answers]++
		}
		require.Equal(t, map[int]int{http.StatusOK: 256, http.StatusServiceUnavailable: 744}, count)
		require.Zero(t, w.Counts().BodyBytes)
	})
}

// TestBudgetUnderTheRaceDetector: bodies of all sizes from many goroutines neither exceed the budget nor leave anything in it.
func TestBudgetUnderTheRaceDetector(t *testing.T) {
	t.Parallel()
	const budget = mib
	w := newWebhook(t, func(c *receiving.WebhookConfig) {
		c.BodyBudget = budget
		c.BodyTimeout = time.Minute
		c.MaxBody = 512 * kib
	})
	var group sync.WaitGroup
	for worker := range 8 {
		random := rand.New(rand.NewPCG(uint64(worker), 0))
		group.Go(func() {
			for range 50 {
				text := strings.Repeat("x", random.IntN(1<<(10+random.IntN(9))))
				body := []byte(callback(`{"message":{"mid":"m","text":"` + text + `"}}`))
				r := httptest.NewRequest(http.MethodPost, "/", pieces{bytes.NewReader(body), random})
				r.Header.Set("X-Hub-Signature-256", sign(appSecret, body))
				answer := httptest.NewRecorder()
				w.ServeHTTP(deadlined{answer}, r)
				if used := w.Counts().BodyBytes; used < 0 || used > budget {
					t.Errorf("%d bytes are in use", used)
				}
				if answer.Code != http.StatusOK && answer.Code != http.StatusServiceUnavailable {
					t.Errorf("answered %d", answer.Code)
				}
			}
		})
	}
	group.Wait()
	counts := w.Counts()
	require.Zero(t, counts.BodyBytes)
	require.EqualValues(t, 400, counts.Callbacks+counts.OverBudget)
}
