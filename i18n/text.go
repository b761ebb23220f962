package i18n

// File is one catalogue as it was read: the texts of one language. [Build] makes a [Catalog] of several.
type File struct {
	Name     string // of the file, for mistakes; empty if there is none
	Language string // a BCP 47 tag, "zh-TW" or "zh_TW"
	Messages []Message
	// Plural returns the plural category of a whole number from 0, in place of the rules of the language: for formats that
	// bring rules of their own, such as gettext. Numbers from 10,000,000 on are given by their last seven digits, and
	// 10,000,000 added. Fractions are [Other]. It must be safe for use from many goroutines at once. Default: nil, the
	// rules of CLDR.
	Plural func(n int) string
}

// Message is one entry of a catalogue.
type Message struct {
	Key  string // the message id: a key ("orders.shipped"), or the text in the source language
	Text Text
	// Source is what the file itself says that the source text is, if its format does that and the text is not the key: a
	// plural of gettext. It counts where the catalogue of the source language does not have the key. Default: none.
	Source       Text
	Line, Column int // of the key, from 1; 0 if it is not known
}

// Text is what a catalogue says: words, or a choice between texts. Exactly one of Words and Cases is set.
type Text struct {
	// Words are the text itself. %{name} is a placeholder, %{name|there} says "there" if there is no value, and %%{ stands
	// for %{. Nothing else is special.
	Words string
	// By says how to choose between Cases, and Of names the argument that decides.
	By Selector
	Of string
	// Cases are the texts to choose from. One of them is [Other].
	Cases        []Case
	Line, Column int
}

// Case is one text of a choice.
type Case struct {
	// When is a plural category ("one"), an exact value ("=0"), or, for [Select], a value ("female"). [Other] is what is
	// said if no other case is met.
	When         string
	Text         Text
	Line, Column int
}

// isZero reports whether a text is none.
func (t Text) isZero() bool { return t.Words == "" && t.By == "" && len(t.Cases) == 0 }

// Selector says how a [Text] chooses. Its values are the words of catalogue files.
type Selector string

const (
	// Plural chooses by the form that the language has for a number of things: one day, two days.
	Plural Selector = "plural"
	// Ordinal chooses by the form for a place in an order: 1st, 2nd.
	Ordinal Selector = "ordinal"
	// Select chooses by a value that is equal to the name of the case, such as a gender or a status.
	Select Selector = "select"
)

// Other is the case of a choice that is met if no other one is.
const Other = "other"

// Limits of a catalogue file.
const (
	MaxFileSize = 4 << 20 // bytes
	MaxDepth    = 6       // choices within choices
)

// Args are the values of a text's placeholders, by name.
type Args map[string]any

// Key is an argument that is a message id: it is translated where the text has its placeholder.
type Key string
