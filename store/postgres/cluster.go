package postgres

import (
	"context"
	"crypto/rand"
	"database/sql"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// look is how often a process looks for others that have died.
	look = 100 * time.Millisecond
	// absent is how long a process must be seen to hold no lock before its
	// leases are void: one that lost its connection gets it back meanwhile.
	absent = 200 * time.Millisecond
	// recovery is how long no leases are voided after the server was away.
	recovery = 2 * connectTimeout
	// quiet is the least time between two notifications.
	quiet = 20 * time.Millisecond
	// longest is the longest pause after what failed.
	longest = 2 * time.Second
)

// cluster implements database.Cluster.
//
// Each process has a number, which its leases carry, and shares an advisory lock
// on it from the connections that it writes through. The server gives the lock
// back when these have ended: when the process has died, and not while it is
// merely stopped. A process that lives without them commits nothing, and takes
// the lock again before it does.
type cluster struct {
	config *pgx.ConnConfig
	pool   *sql.DB
	notify chan struct{}
	// pooled is set if a pooler is between: then a connection's end says
	// nothing, and notifications may not arrive.
	pooled atomic.Bool
	// attached is set if the others are not to know of this process; see [Attach].
	attached bool
	holder   atomic.Int64
}

// connect makes a connection that writes.
func (c *cluster) connect(ctx context.Context, db *sql.DB, explicit bool) (*sql.Conn, error) {
	for {
		conn, err := db.Conn(ctx)
		if err != nil {
			return nil, explain(err)
		}
		before := c.pooled.Load()
		var behind bool
		err = onConn(conn, func(conn *pgx.Conn) (err error) {
			if behind, err = pooled(ctx, conn); err == nil && behind && (before || explicit) {
				err = usable(ctx, conn, c.config, explicit)
			}
			if err != nil {
				return err
			}
			return inspect(ctx, conn)
		})
		if err != nil {
			drop(conn)
			return nil, explain(err)
		}
		c.pooled.Store(behind)
		if behind && !before && !explicit {
			drop(conn) // its statements would be prepared
			continue
		}
		return conn, nil
	}
}

// join makes the process known to the others on a connection that writes, so that they see when it ends. The tables are
// there. A connection on which that fails is closed: another may do, as it may be to a server that is read-only.
func (c *cluster) join(ctx context.Context, of *sql.Conn) (*conn, error) {
	if c.pooled.Load() || c.attached {
		return &conn{sql: of, guard: newGuard()}, nil
	}
	holder := c.holder.Load()
	err := func() error {
		if holder == 0 {
			if err := of.QueryRowContext(ctx, nextNumber).Scan(&holder); err != nil {
				return err
			}
		}
		if _, err := of.ExecContext(ctx, lockHolder, lockNumber(holder)); err != nil {
			return err
		}
		_, err := of.ExecContext(ctx, addHolder, holder)
		return err
	}()
	if err != nil {
		drop(of)
		return nil, explain(err)
	}
	c.holder.Store(holder)
	return &conn{sql: of, holder: holder, guard: newGuard()}, nil
}

// lockNumber is the second number of a holder's lock; 0 is the gate.
func lockNumber(holder int64) int32 { return int32(holder%(1<<31-1)) + 1 }

// Notify implements database.Cluster.
func (c *cluster) Notify() {
	select {
	case c.notify <- struct{}{}:
	default:
	}
}

// Watch implements database.Cluster.
func (c *cluster) Watch(ctx context.Context, due, rejoin func()) {
	name := rand.Text()
	var parts sync.WaitGroup
	parts.Go(func() { c.tell(ctx, name) })
	parts.Go(func() { c.listen(ctx, name, due) })
	parts.Go(func() { c.lookAfter(ctx, due, rejoin) })
	parts.Wait()
}

// pause waits, and reports whether to go on.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// tell notifies the others, outside of the transactions that it is about: a
// notification inside of one would make the commits of all processes wait for
// each other.
func (c *cluster) tell(ctx context.Context, name string) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.notify:
		}
		within, cancel := context.WithTimeout(ctx, timeout)
		_, err := c.pool.ExecContext(within, notify, name)
		cancel()
		wait := quiet
		if err != nil {
			wait = longest // the others poll
		}
		if !pause(ctx, wait) {
			return
		}
	}
}

// listen waits for the notifications of others, on a connection of its own.
func (c *cluster) listen(ctx context.Context, name string, due func()) {
	for wait := look; ; wait = min(2*wait, longest) {
		if !c.pooled.Load() && c.receive(ctx, name, due) {
			wait = look
		}
		if !pause(ctx, wait) {
			return
		}
	}
}

// receive listens until the connection breaks. It reports whether there was
// one.
func (c *cluster) receive(ctx context.Context, name string, due func()) bool {
	conn, err := pgx.ConnectConfig(ctx, c.config)
	if err != nil {
		return false
	}
	defer func() {
		within, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		_ = conn.Close(within)
	}()
	var mine string
	if err := conn.QueryRow(ctx, currentSchema).Scan(&mine); err != nil {
		return false
	}
	if _, err := conn.Exec(ctx, listen); err != nil {
		return false
	}
	// Notifications from before LISTEN are lost.
	due()
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return true
		}
		if from, is := strings.CutPrefix(n.Payload, mine+" "); is && from != name {
			due()
		}
	}
}
