package receiving_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/receiving/payload"
)

// TestOriginalNames holds the 22 names that policies of the original use.
func TestOriginalNames(t *testing.T) {
	t.Parallel()

	names := strings.Fields(`SIMPLE_TEXT QUICK_REPLY IMAGE AUDIO VIDEO FILE LOCATION STICKER POSTBACK AUTHENTICATION
		ACCOUNT_LINKING DELIVERED READ ECHO DEFAULT PERSISTENT_MENU_ONE PERSISTENT_MENU_TWO PERSISTENT_MENU_THREE
		PERSISTENT_MENU_FOUR PERSISTENT_MENU_FIVE GET_STARTED_BUTTON`)
	types := append(receiving.Types(), receiving.TypeDefault)
	for _, name := range names {
		require.Contains(t, types, receiving.Type(name))
	}
	for typ, name := range map[receiving.Type]string{
		receiving.TypePersistentMenuOne:   payload.PersistentMenuOne,
		receiving.TypePersistentMenuTwo:   payload.PersistentMenuTwo,
		receiving.TypePersistentMenuThree: payload.PersistentMenuThree,
		receiving.TypePersistentMenuFour:  payload.PersistentMenuFour,
		receiving.TypePersistentMenuFive:  payload.PersistentMenuFive,
		receiving.TypeGetStartedButton:    payload.GetStartedButton,
	} {
		require.Equal(t, name, string(typ))
	}
}

// allPayloads is one nil payload of each Go type.
var allPayloads = []receiving.Payload{
	(*receiving.Message)(nil), (*receiving.Postback)(nil), (*receiving.Referral)(nil), (*receiving.OptIn)(nil),
	(*receiving.AccountLinking)(nil), (*receiving.Delivery)(nil), (*receiving.Read)(nil), (*receiving.Reaction)(nil),
	(*receiving.MessageEdit)(nil), (*receiving.ThreadControl)(nil), (*receiving.PolicyEnforcement)(nil), (*receiving.Unknown)(nil),
	(*receiving.CouponReveal)(nil), (*receiving.CustomerInformation)(nil), (*receiving.Feedback)(nil), (*receiving.ResponseFeedback)(nil),
	(*receiving.Order)(nil), (*receiving.LeadForm)(nil), (*receiving.GamePlay)(nil), (*receiving.CallPermissionReply)(nil), (*receiving.Call)(nil),
	(*receiving.FeedChange)(nil), (*receiving.GroupFeed)(nil), (*receiving.InstagramComment)(nil), (*receiving.InstagramMention)(nil), (*receiving.Mention)(nil),
	(*receiving.InboxLabel)(nil), (*receiving.MarketingMessage)(nil), (*receiving.MessageTemplateStatus)(nil), (*receiving.BusinessIntegrity)(nil), (*receiving.Signal)(nil),
}

// TestTypeTable reads the documentation of the types: each of them is declared once, says which payload it carries, and says so
// truly. What it says of acts is true too.
func TestTypeTable(t *testing.T) {
	t.Parallel()

	payloads := map[string]receiving.Payload{}
	for _, p := range allPayloads {
		payloads[reflect.TypeOf(p).Elem().Name()] = p
	}
	claim := regexp.MustCompile(`Payload:\s+\[\*(\w+)\]\.`)

	documented := map[receiving.Type]string{}
	var order []receiving.Type
	eachType(t, func(typ receiving.Type, doc string) {
		require.NotContains(t, documented, typ)
		documented[typ] = doc
		if typ != receiving.TypeDefault && typ != receiving.TypeTap && typ != receiving.TypeDialog {
			order = append(order, typ)
		}
	})
	require.Equal(t, order, receiving.Types())
	for typ, doc := range documented {
		words := strings.Join(strings.Fields(doc), " ")
		if typ == receiving.TypeDefault || typ == receiving.TypeTap || typ == receiving.TypeDialog {
			require.False(t, typ.IsAct())
			continue
		}
		match := claim.FindStringSubmatch(words)
		require.NotNil(t, match, "%s does not say what it carries", typ)
		for name, p := range payloads {
			require.Equal(t, name == match[1], typ.Carries(p), "%s carries %s", typ, name)
			require.True(t, receiving.TypeDefault.Carries(p))
		}
		require.Equal(t, strings.Contains(words, "is no act"), !typ.IsAct(), typ)
	}
	require.False(t, receiving.TypeImage.Carries(nil))
	require.False(t, receiving.Type("NONE").Carries((*receiving.Message)(nil)))
}

// TestAllPayloads: the list above has every Go type that is a payload.
func TestAllPayloads(t *testing.T) {
	t.Parallel()

	source, err := os.ReadFile("payloads.go")
	require.NoError(t, err)
	var want, got []string
	for _, match := range regexp.MustCompile(`(?m)^func \(\*(\w+)\) isPayload`).FindAllStringSubmatch(string(source), -1) {
		want = append(want, match[1])
	}
	for _, p := range allPayloads {
		got = append(got, reflect.TypeOf(p).Elem().Name())
	}
	require.ElementsMatch(t, want, got)
}

// eachType calls f for each constant of type Type in type.go. A constant without a comment has that of the one before it.
func eachType(t *testing.T, f func(typ receiving.Type, doc string)) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "type.go", nil, parser.ParseComments)
	require.NoError(t, err)
	doc := ""
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		if spec.Doc != nil {
			doc = spec.Doc.Text()
		}
		literal, ok := spec.Values[0].(*ast.BasicLit)
		require.True(t, ok)
		name, err := strconv.Unquote(literal.Value)
		require.NoError(t, err)
		f(receiving.Type(name), doc)
		return true
	})
}

// TestFixtures opens a callback of each type: no type is without a file, and no file without a type. Only the program raises signals.
func TestFixtures(t *testing.T) {
	t.Parallel()

	files, err := filepath.Glob("testdata/events/*.json")
	require.NoError(t, err)
	require.Len(t, files, len(receiving.Types())-1)
	keys := map[string]string{}
	for _, typ := range receiving.Types() {
		if typ == receiving.TypeSignal {
			continue
		}
		name := strings.ToLower(string(typ))
		e := onlyEnvelope(t, "events/"+name)
		ev, problems := e.Event()
		require.Empty(t, problems, name)
		require.Equal(t, typ, ev.Type)
		require.True(t, typ.Carries(ev.Payload), "%s carries a %T", name, ev.Payload)
		require.JSONEq(t, string(e.Raw), string(ev.Raw))
		require.Regexp(t, `^[A-Za-z0-9_-]{23,60}$`, ev.Key)
		require.NotContains(t, keys, ev.Key)
		keys[ev.Key] = name

		again, _ := onlyEnvelope(t, "events/"+name).Event()
		require.Equal(t, ev, again, "delivered twice")
	}
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(name)+".json"))
	require.NoError(t, err)
	return data
}

func split(t testing.TB, body string) receiving.Callback {
	t.Helper()
	callback, err := receiving.Split([]byte(body))
	require.NoError(t, err)
	return callback
}

// onlyEnvelope splits a file of testdata, which has one event and no fault.
func onlyEnvelope(t testing.TB, name string) receiving.Envelope {
	t.Helper()
	callback := split(t, string(read(t, name)))
	require.Len(t, callback.Envelopes, 1, name)
	require.Zero(t, callback.Malformed, callback.Problems)
	return callback.Envelopes[0]
}

// TestTaps: TAP stands for the types whose events send back a payload of the developer's, and carries what they carry.
func TestTaps(t *testing.T) {
	t.Parallel()

	var taps []receiving.Type
	for _, typ := range append(receiving.Types(), receiving.TypeDefault, receiving.TypeTap) {
		if typ.IsTap() {
			taps = append(taps, typ)
		}
	}
	require.Equal(t, []receiving.Type{
		receiving.TypeQuickReply, receiving.TypePostback, receiving.TypePersistentMenuOne, receiving.TypePersistentMenuTwo,
		receiving.TypePersistentMenuThree, receiving.TypePersistentMenuFour, receiving.TypePersistentMenuFive, receiving.TypeGetStartedButton,
	}, taps)
	for _, p := range allPayloads {
		_, message := p.(*receiving.Message)
		_, postback := p.(*receiving.Postback)
		require.Equal(t, message || postback, receiving.TypeTap.Carries(p), "%T", p)
	}
	require.Zero(t, receiving.TypeTap.Source())
}
