package pythonre

// node is a part of a parsed pattern.
type node interface{ isNode() }

type (
	// chars is one character of a set.
	chars struct{ set set }
	// assertion is a place in the text.
	assertion struct {
		kind place
		at   int // in the pattern
	}
	// sequence is one after another.
	sequence []node
	// choice is one of several.
	choice []node
	// repeat is something several times.
	repeat struct {
		node     node
		min, max int // a max of unlimited is none
		lazy     bool
	}
	// group is a part that is remembered, in the order of the groups, or, with
	// number 0, a part in parentheses that is not.
	group struct {
		node   node
		number int
	}
)

const unlimited = -1

// place is what an assertion asks of the position.
type place int

const (
	textStart place = iota
	textEnd
	lastLineEnd // $: the end of the text, or before a newline that ends it
	lineStart
	lineEnd
	boundary
	notBoundary
	asciiBoundary
	notASCIIBoundary
)

func (chars) isNode()     {}
func (assertion) isNode() {}
func (sequence) isNode()  {}
func (choice) isNode()    {}
func (repeat) isNode()    {}
func (group) isNode()     {}

// walk calls visit for a node and all below it.
func walk(n node, visit func(node)) {
	visit(n)
	switch n := n.(type) {
	case sequence:
		for _, part := range n {
			walk(part, visit)
		}
	case choice:
		for _, part := range n {
			walk(part, visit)
		}
	case repeat:
		walk(n.node, visit)
	case group:
		walk(n.node, visit)
	}
}
