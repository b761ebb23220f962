package receiving

// Problem is a malformed part of a callback, such as an element that is not an object or a field of a wrong type. Only that part
// is left out. A Problem contains no value of a message, so it may be logged.
type Problem struct {
	// Path says where, as in "entry[0].messaging[1].message".
	Path string
	// Text says what, as in "is null, not an object".
	Text string
}

// String returns path and text in one.
func (p Problem) String() string {
	if p.Path == "" {
		return p.Text
	}
	return p.Path + ": " + p.Text
}

// maxProblems is how many problems of one event, and of one callback, are described. A callback's others are only counted.
const maxProblems = 16

// kindName names what a JSON value is, by the first byte of it.
func kindName(kind byte) string {
	switch kind {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case 't', 'f':
		return "a boolean"
	default:
		return "null"
	}
}
