package sending_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/sending"
)

// An embedding sender adds to a copy, so it must be able to add everything.
func TestEveryFieldOfATemplateHasAMethod(t *testing.T) {
	t.Parallel()
	for _, template := range []any{
		sending.Buttons{}, sending.GenericTemplate{}, sending.Element{}, sending.MediaTemplate{}, sending.ReceiptTemplate{},
		sending.CouponTemplate{}, sending.CustomerFeedbackTemplate{}, sending.CustomerInformationTemplate{},
		sending.ImageGridTemplate{}, sending.NotificationMessagesTemplate{}, sending.UtilityTemplate{},
		sending.QuickReplies{}, sending.LongText{}, sending.Images{},
	} {
		zero := reflect.ValueOf(template)
		changed := map[string]bool{}
		for method, value := range zero.Methods() {
			if !strings.HasPrefix(method.Name, "With") {
				continue
			}
			var args []reflect.Value
			for in := range method.Type.Ins() {
				if in != zero.Type() {
					args = append(args, something(t, in))
				}
			}
			call := value.Call
			if method.Type.IsVariadic() {
				call = value.CallSlice
			}
			for field, after := range call(args)[0].Fields() {
				changed[field.Name] = changed[field.Name] || !after.IsZero()
			}
		}
		for field := range zero.Type().Fields() {
			require.True(t, changed[field.Name], "%s.%s has no With… method", zero.Type(), field.Name)
		}
	}
}

// something returns a value of the type that is not zero.
func something(t *testing.T, typ reflect.Type) reflect.Value {
	t.Helper()
	value := reflect.New(typ).Elem()
	switch {
	case typ == reflect.TypeFor[time.Time]():
		value.Set(reflect.ValueOf(time.Unix(1, 0)))
	case typ.Kind() == reflect.String:
		value.SetString("x")
	case typ.Kind() == reflect.Bool:
		value.SetBool(true)
	case typ.Kind() == reflect.Int:
		value.SetInt(1)
	case typ.Kind() == reflect.Slice:
		value.Set(reflect.Append(value, something(t, typ.Elem())))
	case typ.Kind() == reflect.Struct:
		value.Field(0).Set(something(t, typ.Field(0).Type))
	default:
		t.Fatalf("make something of a %s", typ)
	}
	return value
}
