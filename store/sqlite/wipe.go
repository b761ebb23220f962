package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// With secure_delete SQLite overwrites what is deleted. But when it balances a
// B-tree it moves rows to other pages and leaves the old copies in the unused
// middle of the page that they came from. No later deletion reaches those. So
// they are overwritten here: no reader looks at unused bytes, whatever they are.
// The format: https://www.sqlite.org/fileformat2.html#b_tree_pages

// layout is how a database file is divided into pages.
type layout struct {
	size   int // of a page, in bytes
	usable int // bytes of it
	mapped bool
}

// maxPages is how many pages a file may have so that the first byte of a page says
// whether it belongs to a B-tree. All other pages begin with a page number.
const maxPages = 0x02000000

var errTooLarge = errors.New("the file has too many pages")

func readLayout(f io.ReaderAt) (layout, error) {
	var header [100]byte
	if _, err := f.ReadAt(header[:], 0); err != nil {
		return layout{}, fmt.Errorf("sqlite: the header of the file: %w", err)
	}
	size := int(binary.BigEndian.Uint16(header[16:]))
	if size == 1 {
		size = 1 << 16
	}
	l := layout{size: size, usable: size - int(header[20]), mapped: binary.BigEndian.Uint32(header[52:]) != 0}
	if size < 512 || size&(size-1) != 0 || l.usable < 480 {
		return layout{}, fmt.Errorf("sqlite: the header of the file has a page size of %d", size)
	}
	return l, nil
}

// isMap reports whether a page, counted from 1, is one of the pointer map that a
// file with auto_vacuum has.
func (l layout) isMap(page int64) bool {
	if !l.mapped || page < 2 {
		return false
	}
	each := int64(l.usable/5 + 1)
	at := (page-2)/each*each + 2
	if at == 0x40000000/int64(l.size)+1 { // the page of the locks is left out
		at++
	}
	return at == page
}

// unused calls yield for each range of bytes that a page of a B-tree does not use.
// Of a page that is none, or is not as it should be, there are none.
func (l layout) unused(page int64, data []byte, yield func(from, to int)) {
	if l.isMap(page) {
		return
	}
	at := 0
	if page == 1 {
		at = 100
	}
	header := 8
	switch data[at] {
	case 2, 5:
		header = 12
	case 10, 13:
	default:
		return
	}
	number := func(at int) int { return int(binary.BigEndian.Uint16(data[at:])) }
	from, to := at+header+2*number(at+3), number(at+5)
	if to == 0 {
		to = 1 << 16
	}
	if from > to || to > l.usable {
		return
	}
	if from < to {
		yield(from, to)
	}
	// Free blocks are linked in ascending order, and begin with the next one's place
	// and their own size.
	for block, last := number(at+1), to-1; block > last && block+4 <= l.usable; {
		size := number(block + 2)
		if size < 4 || block+size > l.usable {
			return
		}
		if size > 4 {
			yield(block+4, block+size)
		}
		last = block
		block = number(block)
	}
}

// soiled returns the pages of a file that have something other than zeros where
// they are unused.
func (l layout) soiled(f io.ReaderAt) (pages []int64, err error) {
	chunk := make([]byte, max(1<<20, l.size))
	for first := int64(1); ; {
		n, err := f.ReadAt(chunk, (first-1)*int64(l.size))
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("sqlite: %w", err)
		}
		if first > maxPages {
			return nil, errTooLarge
		}
		for data := range slices.Chunk(chunk[:n/l.size*l.size], l.size) {
			if l.dirty(first, data) {
				pages = append(pages, first)
			}
			first++
		}
		if n < len(chunk) {
			return pages, nil
		}
	}
}

func (l layout) dirty(page int64, data []byte) (dirty bool) {
	l.unused(page, data, func(from, to int) {
		dirty = dirty || slices.ContainsFunc(data[from:to], func(b byte) bool { return b != 0 })
	})
	return dirty
}

// wipe overwrites with zeros what a page does not use, and touches no other byte,
// so that it is whole whenever the power is lost.
func (l layout) wipe(f interface {
	io.ReaderAt
	io.WriterAt
}, page int64,
) error {
	data := make([]byte, l.size)
	offset := (page - 1) * int64(l.size)
	if _, err := f.ReadAt(data, offset); err == io.EOF { //nolint:errorlint // ReadAt returns it as it is
		return nil // the file has become shorter
	} else if err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	zeros := make([]byte, l.size)
	var failed error
	l.unused(page, data, func(from, to int) {
		if failed == nil {
			_, failed = f.WriteAt(zeros[from:to], offset+int64(from))
		}
	})
	return failed
}
