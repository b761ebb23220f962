package payload

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"unicode/utf8"
)

// MaxLength is the most characters (Unicode code points) that the platform takes in a payload.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/quick-replies
const MaxLength = 1000

// None is the data of kinds that carry none.
type None = struct{}

var (
	// ErrTooLong reports a payload with more than [MaxLength] characters, or of a signal with more than [MaxSignal] bytes. Keep
	// the data elsewhere, and its key in the payload. handling.IsPermanent reports it.
	ErrTooLong = error(permanentError("payload: longer than 1000 characters"))
	// ErrOtherKind reports a string that is not of the kind that decodes it.
	ErrOtherKind = errors.New("payload: of another kind")
)

// Kind is a kind of payload: a name, and data of type T. Kinds are made by [New]; the zero Kind encodes nothing and matches
// nothing. A Kind is immutable, is passed by value, and may be used from many goroutines at once.
type Kind[T any] struct {
	def *definition
}

// definition is what a Ref points to. Its address distinguishes two kinds of the same name.
type definition struct {
	name    string
	aliases []string
}

// New makes a kind. Its name goes into every payload and lives in people's chats, so choose it once. A name has 1 to 200
// characters, none of them a control character; it neither begins nor ends with a space, nor begins with "{".
//
// New panics if a name breaks these rules, since names are constants of the program.
func New[T any](name string, opts ...Option) Kind[T] {
	def := &definition{name: name}
	mustBeName("name", name)
	for _, opt := range opts {
		if opt.apply != nil {
			opt.apply(def)
		}
	}
	return Kind[T]{def: def}
}

// Option is an option of [New].
type Option struct {
	apply func(*definition)
}

// Alias makes the kind also read payloads of other names: a djmessenger class in dotted form, or what the kind was called
// before. Encoding always writes the kind's own name. The rules of [New] hold for an alias too.
func Alias(names ...string) Option {
	return Option{apply: func(def *definition) {
		for _, name := range names {
			mustBeName("alias", name)
			for _, name := range []string{name, canonical(name)} {
				if name != def.name && !slices.Contains(def.aliases, name) {
					def.aliases = append(def.aliases, name)
				}
			}
		}
	}}
}

// Name returns the kind's name.
func (k Kind[T]) Name() string {
	return k.Ref().Name()
}

// Ref returns the kind's identity.
func (k Kind[T]) Ref() Ref {
	return Ref(k)
}

// Matches reports whether s is a payload of this kind.
func (k Kind[T]) Matches(s string) bool {
	return k.Ref().Matches(s)
}

// Encode returns the payload that carries v, for a button or a quick reply. It returns [ErrTooLong] if that has more than
// [MaxLength] characters, the error of encoding/json if v has no JSON form, and that of v's Validate method; see [Validator].
// handling.IsPermanent reports each of them, since the same data fails again.
func (k Kind[T]) Encode(v T) (string, error) {
	text, err := k.encode(v)
	if err != nil {
		return "", err
	}
	if n := utf8.RuneCount(text); n > MaxLength {
		return "", fmt.Errorf("%w: %s has %d", ErrTooLong, k.def.name, n)
	}
	return string(text), nil
}

// encode makes the payload, of any length.
func (k Kind[T]) encode(v T) ([]byte, error) {
	if k.def == nil {
		return nil, errNotMade
	}
	if err := validate(&v); err != nil {
		return nil, &encodeError{k.def.name, err}
	}
	data, err := marshal(v)
	if err != nil {
		return nil, &encodeError{k.def.name, err}
	}
	if bytes.Equal(data, []byte("null")) || noData[T]() {
		data = nil
	}
	text, err := marshal(wireForm{Kind: k.def.name, Data: data})
	if err != nil {
		return nil, &encodeError{k.def.name, err}
	}
	return text, nil
}

// MustEncode is [Kind.Encode] for data that the program itself contains, such as the buttons of a package variable. It panics
// where Encode returns an error.
func (k Kind[T]) MustEncode(v T) string {
	s, err := k.Encode(v)
	if err != nil {
		panic(err.Error())
	}
	return s
}

// Decode returns the data that s carries; the zero T if it carries none. Fields that T does not have are passed over, and
// fields that s does not have are zero: give T a Validate method to refuse that; see [Validator].
//
// It returns [ErrOtherKind] if s is not of this kind, and another error if the data does not fit T, which wraps the one of
// encoding/json or of T's UnmarshalJSON, or is that of T's Validate. The text of no error contains the payload's values, as long
// as Validate puts none into its own.
func (k Kind[T]) Decode(s string) (T, error) {
	var v T
	p, ok := parse(s)
	if !ok || !k.Ref().has(p.name) {
		return v, fmt.Errorf("%w: not of %s", ErrOtherKind, k.Name())
	}
	var zero T
	if len(p.data) > 0 && !noData[T]() {
		if err := json.Unmarshal(p.data, &v); err != nil {
			return zero, k.misfit(err)
		}
	}
	if err := validate(&v); err != nil {
		return zero, fmt.Errorf("payload: %s: %w", k.Name(), err)
	}
	return v, nil
}

// noData reports whether kinds of T carry no data.
func noData[T any]() bool {
	return reflect.TypeFor[T]() == reflect.TypeFor[None]()
}

// misfit says what does not fit, without saying what it is.
func (k Kind[T]) misfit(err error) error {
	fit := &misfitError{kind: k.Name(), typ: reflect.TypeFor[T](), err: err}
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		fit.field, fit.typ = wrong.Field, wrong.Type
	}
	return fit
}

// misfitError hides the text of the error that it wraps: those of UnmarshalJSON methods,
// that of time.Time among them, contain the value.
type misfitError struct {
	kind  string
	field string
	typ   reflect.Type
	err   error
}

func (e *misfitError) Error() string {
	if e.field == "" {
		return fmt.Sprintf("payload: %s: the data does not fit Go type %v", e.kind, e.typ)
	}
	return fmt.Sprintf("payload: %s: field %s does not fit Go type %v", e.kind, e.field, e.typ)
}

func (e *misfitError) Unwrap() error { return e.err }
