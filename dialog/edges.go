package dialog

import (
	"slices"

	"github.com/djmessenger/messenger/i18n"
)

// edge is a way from one step of a dialog to another that the rules of going on allow. The ends are steps of
// the list that it is of; outside stands for the beginning and the end.
type edge struct {
	from, to int
	why      edgeKind
	titles   []string // of the choices that lead this way
}

const outside = -1

type edgeKind int

const (
	goesOnTo   edgeKind = iota // to the next step
	leadsTo                    // by a choice, or by code
	quitsBy                    // to the end, without Done
	correctsTo                 // back from a correction
)

// edgesOf returns the ways between steps that come of answers, of code and of signals. Commands, time-outs, and taps
// on the chips of earlier questions lead on besides.
//
// Texts are those of the localizer's catalogue.
func edgesOf[S any](nodes []node[S], l *i18n.Localizer) []edge {
	g := graphOf[S]{nodes: nodes, all: outlineOf(nodes, l)}
	for _, to := range g.follows(outside) {
		g.add(edge{from: outside, to: to})
	}
	for i, n := range nodes {
		if n.passesOn() {
			for _, to := range g.follows(i) {
				g.add(edge{from: i, to: to})
			}
		}
		for _, to := range n.to {
			g.leads(i, to)
		}
	}
	for i, n := range nodes {
		for _, to := range n.to {
			if j := g.all.index(to); j >= 0 && j < i {
				g.corrects(i, j)
			}
		}
	}
	return g.shown()
}

type graphOf[S any] struct {
	nodes []node[S]
	all   outline
	edges []edge
}

// add notes a way once, with the titles of all choices that lead there.
func (g *graphOf[S]) add(e edge) {
	for i, known := range g.edges {
		switch {
		case known.from != e.from || known.to != e.to:
		case known.why == e.why:
			for _, title := range e.titles {
				if !slices.Contains(known.titles, title) {
					g.edges[i].titles = append(g.edges[i].titles, title)
				}
			}
			return
		case e.why == correctsTo:
			return
		}
	}
	g.edges = append(g.edges, e)
}

// passesOn reports whether a step may lead to the next one: a question does not of which each choice leads elsewhere.
func (n node[S]) passesOn() bool {
	return n.coded || n.optional || len(n.known) == 0 || slices.ContainsFunc(n.known, func(c Choice) bool { return c.Goto == "" })
}

// follows returns the steps that may come next behind one, and the end.
func (g *graphOf[S]) follows(i int) []int {
	var all []int
	for j := i + 1; j < len(g.nodes); j++ {
		all = append(all, j)
		if g.nodes[j].when == nil {
			return all
		}
	}
	return append(all, outside)
}

// reached returns the steps at which one may arrive that is led to, since it may be left out.
func (g *graphOf[S]) reached(i int) []int {
	if g.nodes[i].when == nil {
		return []int{i}
	}
	return append([]int{i}, g.follows(i)...)
}

// leads notes where a choice, or what code returns, leads.
func (g *graphOf[S]) leads(i int, to string) {
	var titles []string
	for _, c := range g.nodes[i].known {
		if c.Goto == to {
			titles = append(titles, c.Title)
		}
	}
	switch j := g.all.index(to); {
	case to == ToFinish:
		g.add(edge{from: i, to: outside})
	case to == ToQuit:
		g.add(edge{from: i, to: outside, why: quitsBy})
	case j >= 0:
		for _, k := range g.reached(j) {
			g.add(edge{from: i, to: k, why: leadsTo, titles: titles})
		}
	}
}

// corrects notes how a run comes back to a step from an earlier one that it led to: at once if the answer is
// the same, and else over what depends on that, what applies only now, and what was jumped over.
func (g *graphOf[S]) corrects(open, corrected int) {
	again, surely := []int{corrected}, map[int]bool{}
	begins := g.nodes[open].kind == waits
	for k := corrected + 1; k < open; k++ {
		depends := slices.ContainsFunc(again, func(by int) bool { return g.all[k].dependsOn(g.all[by].name) })
		if !depends && g.nodes[k].when == nil && !g.jumpedOver(corrected, k) {
			continue
		}
		again = append(again, k)
		surely[k] = g.nodes[k].when == nil && g.all[k].dependsOn(g.all[corrected].name)
		begins = begins || depends && g.nodes[k].kind == waits
	}
	if begins { // it begins behind a question that is asked again
		for k := open - 1; k > corrected; k-- {
			if g.nodes[k].kind == asks {
				if !slices.Contains(again, k) {
					again = append(again, k)
				}
				break
			}
		}
		slices.Sort(again)
	}
	for n, from := range again {
		if !g.nodes[from].passesOn() {
			continue
		}
		ahead := again[n+1:]
		if i := slices.IndexFunc(ahead, func(k int) bool { return surely[k] }); i >= 0 {
			ahead = ahead[:i+1]
			if n > 0 {
				g.returns(from, ahead)
				continue
			}
		}
		g.returns(from, append(slices.Clone(ahead), g.reached(open)...))
	}
}

func (g *graphOf[S]) returns(from int, to []int) {
	for _, k := range to {
		g.add(edge{from: from, to: k, why: correctsTo})
	}
}

// jumpedOver reports whether a step between from and k may lead past k.
func (g *graphOf[S]) jumpedOver(from, k int) bool {
	for i := from; i < k; i++ {
		if slices.ContainsFunc(g.nodes[i].to, func(to string) bool { return g.all.index(to) > k }) {
			return true
		}
	}
	return false
}

// shown returns the ways between the steps that a diagram shows. What leads to a hidden one leads to what follows it.
func (g *graphOf[S]) shown() []edge {
	hidden := func(i int) bool { return i != outside && g.nodes[i].hidden }
	all := g.edges
	for slices.ContainsFunc(all, func(e edge) bool { return hidden(e.to) }) {
		g.edges = nil
		for _, e := range all {
			if !hidden(e.to) {
				g.add(e)
				continue
			}
			for _, to := range g.follows(e.to) {
				g.add(edge{from: e.from, to: to, why: e.why, titles: e.titles})
			}
		}
		all = g.edges
	}
	return slices.DeleteFunc(all, func(e edge) bool { return hidden(e.from) })
}

// reachable leaves out the ways from steps to which none leads.
func reachable(all []edge) []edge {
	at := map[int]bool{outside: true}
	for more := true; more; {
		more = false
		for _, e := range all {
			if at[e.from] && !at[e.to] {
				at[e.to], more = true, true
			}
		}
	}
	return slices.DeleteFunc(all, func(e edge) bool { return !at[e.from] })
}
