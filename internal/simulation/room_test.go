package simulation_test

import "time"

// background stands for background work where pages are named.
const background = "background"

// shareOf is what a conversation takes a worker of: those of its page, or those for background work.
func shareOf(page string, inBackground bool) string {
	if inBackground {
		return background
	}
	return page
}

// free is how many workers of a process are free.
func (p *process) free() int {
	free := p.w.workers
	for _, n := range p.busy {
		free -= n
	}
	return free
}

// hasRoom reports whether a worker may take a conversation of a page: a reserve of an eighth is
// left to others, and of the last ones a page takes one only if it holds less than are free.
// Background work takes none of the reserve. One page alone may have all.
func (p *process) hasRoom(page string) bool {
	free, reserve := p.free(), p.w.workers/8
	if p.w.workers > 2 {
		reserve = max(reserve, 1)
	}
	if page == background {
		return free > reserve
	}
	return free > reserve || free > p.busy[page]
}

// takes counts a lease of a process.
func (p *process) takes(page string) {
	p.busy[page]++
	p.noteRoom()
}

// gives counts one that it has no more.
func (p *process) gives(page string, lost bool) {
	p.noteRoom()
	if !lost { // a worker that has lost its lease may still be busy
		p.busy[page]--
	}
}

// inHook counts a function of the configuration that keeps a worker, and may do so when the
// conversation was given back. It is one of the page's.
func (p *process) inHook(page string, n int) {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	p.noteRoom()
	p.busy[page] += n
	p.noteRoom()
}

// noteRoom notes who has to wait for a worker.
func (p *process) noteRoom() {
	for _, page := range append(p.w.pages, background) {
		if !p.hasRoom(page) {
			p.noRoom[page] = p.w.now()
		}
	}
}

// hasHadRoom reports whether it has had a worker for a page all the time since then.
func (p *process) hasHadRoom(page string, since time.Duration) bool {
	waited, ever := p.noRoom[page]
	return p.works() && p.began < since && p.hasRoom(page) && (!ever || waited < since)
}
