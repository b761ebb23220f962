package receiving

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

const (
	// minBlock and maxBlock are the sizes, in bytes, of the smallest and the largest block of a body's memory.
	minBlock = 4 << 10
	maxBlock = 64 << 10

	// smallBody and tinyBody are the most bytes of memory that bodies may have for which a part of the budget is reserved.
	smallBody = 64 << 10
	tinyBody  = 4 << 10
)

// budget bounds the memory of all bodies in flight. It is charged by the block, just before the bytes for that block are read,
// so a request costs what it has sent and not what its Content-Length announces.
//
// Large bodies cannot crowd out small ones: a body grows only while the memory in use is below a share that depends on how
// much the body has itself. Three quarters of the budget are for bodies of any size. A quarter is reserved for small bodies,
// and half of that for tiny ones, which is what the platform sends when one person writes one message.
type budget struct {
	total int64
	used  atomic.Int64

	// joining is held while a body is copied from its blocks into one. Until the blocks are returned the body has twice the
	// memory that it is charged for; the lock keeps that down to one body at a time.
	joining sync.Mutex
}

// share is how many bytes may be in use once a body has grown to so much memory.
func (b *budget) share(memory int64) int64 {
	switch {
	case memory <= tinyBody:
		return b.total
	case memory <= smallBody:
		return b.total - b.total/8
	default:
		return b.total - b.total/4
	}
}

// charge takes n bytes for a body that will then have so much memory, or reports that the budget is used up.
func (b *budget) charge(n, memory int64) bool {
	share := b.share(memory)
	for {
		used := b.used.Load()
		if used > share-n {
			return false
		}
		if b.used.CompareAndSwap(used, used+n) {
			return true
		}
	}
}

func (b *budget) refund(n int64) { b.used.Add(-n) }

// block is a part of a body's memory: minBlock, maxBlock, or a power of two between them.
type block struct{ bytes []byte }

// blocks keeps blocks that are free, by size. The garbage collector takes what is not used again.
var blocks [5]sync.Pool

func pool(size int64) *sync.Pool { return &blocks[bits.TrailingZeros64(uint64(size/minBlock))] } //nolint:gosec // not negative

func newBlock(size int64) *block {
	if free, ok := pool(size).Get().(*block); ok {
		return free
	}
	return &block{bytes: make([]byte, size)}
}

func (b *block) release() { pool(int64(len(b.bytes))).Put(b) }

// nextBlock is the size of the block with which a body of so much memory grows: the body doubles while it is small. So its
// memory is at most twice what it has received, or one block more.
func nextBlock(memory int64) int64 { return min(max(memory, minBlock), maxBlock) }

// memoryFor is the memory of a body of so many bytes.
func memoryFor(size int64) int64 {
	if size > maxBlock {
		return (size + maxBlock - 1) / maxBlock * maxBlock
	}
	memory := int64(minBlock)
	for memory < size {
		memory *= 2
	}
	return memory
}
