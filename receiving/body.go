package receiving

import (
	"errors"
	"io"
	"os"
	"sync"
	"time"
)

// Why a body was not read to its end.
var (
	errOverBudget = errors.New("receiving: the memory for bodies in flight is used up")
	errTooLarge   = errors.New("receiving: the body is too large")
	errTooSlow    = errors.New("receiving: the body took too long")
)

// body holds what has been received of a request's body, until the request is answered. All blocks but the last are full.
type body struct {
	budget *budget
	blocks []*block
	memory int64 // of the blocks, as charged
	size   int64 // received
	joined []byte
	probe  [1]byte
}

// bodies are free. They hold no blocks.
var bodies = sync.Pool{New: func() any { return new(body) }}

func newBody(budget *budget) *body {
	b, _ := bodies.Get().(*body)
	b.budget = budget
	return b
}

// read reads a body of at most limit bytes to its end. It gives up once the time is past expires, but does not interrupt a
// read that blocks.
func (b *body) read(from io.Reader, limit int64, expires time.Time) error {
	for idle := 0; idle < 100; idle++ {
		space, err := b.space(limit)
		if err != nil {
			return err
		}
		n, err := from.Read(space)
		if n > 0 {
			if b.size == limit {
				return errTooLarge
			}
			b.size += int64(n)
			idle = 0
		}
		switch {
		case err == io.EOF: //nolint:errorlint // io.Reader returns it unwrapped
			return nil
		case errors.Is(err, os.ErrDeadlineExceeded):
			return errTooSlow
		case err != nil:
			return err
		case !time.Now().Before(expires):
			return errTooSlow
		}
	}
	return io.ErrNoProgress
}

// space is where the next bytes go. A body that has reached the limit has room for one byte, which tells whether it ends there.
func (b *body) space(limit int64) ([]byte, error) {
	if b.size == limit {
		return b.probe[:], nil
	}
	if b.size == b.memory {
		n := nextBlock(b.memory)
		if !b.budget.charge(n, b.memory+n) {
			return nil, errOverBudget
		}
		b.memory += n
		b.blocks = append(b.blocks, newBlock(n))
	}
	free := b.blocks[len(b.blocks)-1].bytes
	free = free[int64(len(free))-(b.memory-b.size):]
	return free[:min(int64(len(free)), limit-b.size)], nil
}

// chunks calls yield with the bytes of each block in turn.
func (b *body) chunks(yield func([]byte) bool) {
	rest := b.size
	for _, block := range b.blocks {
		chunk := block.bytes[:min(rest, int64(len(block.bytes)))]
		if rest -= int64(len(chunk)); !yield(chunk) {
			return
		}
	}
}

// join returns the whole body as one slice. A body of several blocks moves into one piece of memory, not larger than what
// it is charged for.
func (b *body) join() []byte {
	switch {
	case b.joined != nil:
		return b.joined
	case len(b.blocks) == 0:
		return nil
	case len(b.blocks) == 1:
		return b.blocks[0].bytes[:b.size]
	}
	b.budget.joining.Lock()
	defer b.budget.joining.Unlock()
	var whole *block
	if b.memory <= maxBlock {
		whole = newBlock(b.memory)
	} else {
		whole = &block{bytes: make([]byte, b.size)}
	}
	to := whole.bytes
	for chunk := range b.chunks {
		to = to[copy(to, chunk):]
	}
	b.releaseBlocks()
	if b.memory <= maxBlock {
		b.blocks = append(b.blocks, whole)
	}
	b.joined = whole.bytes[:b.size]
	return b.joined
}

func (b *body) releaseBlocks() {
	for _, block := range b.blocks {
		block.release()
	}
	clear(b.blocks)
	b.blocks = b.blocks[:0]
}

// release gives the body's memory back. The body must not be used afterwards.
func (b *body) release() {
	b.releaseBlocks()
	b.budget.refund(b.memory)
	if cap(b.blocks) > maxPooledBlocks {
		b.blocks = nil
	}
	*b = body{blocks: b.blocks}
	bodies.Put(b)
}

// maxPooledBlocks is how many blocks a body has room for, beyond which that room is not kept.
const maxPooledBlocks = 128
