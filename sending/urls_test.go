package sending_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/attachment"
	"github.com/djmessenger/messenger/sending"
)

// urlField is a place for a URL in a builder, and how to fill it in.
type urlField struct {
	at      string // its path in the message
	builder func(url string) checkable
}

// checkable is a sender with a URL.
type checkable interface {
	sending.Sender
	Validate() error
}

// wholeMessage returns the message that a sender makes, without filling it in.
func wholeMessage(t *testing.T, s checkable) sending.Message {
	t.Helper()
	switch s := s.(type) {
	case builder:
		return s.Message()
	case sending.QuickReplies:
		return sending.Message{Text: s.Text, Attachment: s.Attachment, QuickReplies: s.Replies}
	case sending.LongText:
		return sending.Text(s.Text).WithQuickReplies(s.Replies...)
	case sending.Multimedia:
		return sending.Media(s.Type, s.URL)
	}
	require.Fail(t, "no message", "%T", s)
	return sending.Message{}
}

// urlFields is every field of a struct in this package that holds a URL, by the
// struct and the field. A field stands in several if there are several ways to it.
func urlFields() map[string][]urlField {
	const payload = "attachment.payload."
	card := sending.Element{Title: "t", Subtitle: "s"}
	receipt := sending.ReceiptTemplate{
		RecipientName: "Ada", OrderNumber: "1", Currency: "USD", PaymentMethod: "Cash", Summary: sending.ReceiptSummary{TotalCost: "1"},
	}
	generic := func(e sending.Element) checkable { return sending.GenericTemplate{}.WithElements(card, e) }
	grid := func(i sending.GridImage) checkable {
		return sending.ImageGridTemplate{}.WithImages(sending.GridImage{URL: "https://a.example/"}, i)
	}
	fallback := func(url string) sending.Button {
		return sending.URLButton("t", "https://a.example/").WithExtensions(url)
	}
	feedback := sending.CustomerFeedbackTemplate{Title: "t", Question: sending.FeedbackQuestion{ID: "q", Type: sending.FeedbackNPS}}
	reply := func(url string) sending.QuickReply { return sending.TextReply("t", "p").WithImage(url) }
	image := func(url string) checkable {
		return sending.QuickReplies{Attachment: sending.Image(url).Attachment}.WithReply("t", "p")
	}
	return map[string][]urlField{
		"Button.URL": {
			{payload + "buttons[0].url", func(url string) checkable { return sending.Buttons{Text: "t"}.WithURL("t", url) }},
			{payload + "buttons[0].url", func(url string) checkable {
				return sending.Buttons{Text: "t"}.WithButtons(sending.LinkButton(url))
			}},
			{payload + "elements[1].buttons[0].url", func(url string) checkable { return generic(card.WithURL("t", url)) }},
			{payload + "elements[1].default_action.url", func(url string) checkable { return generic(card.WithDefaultAction(url)) }},
			{payload + "elements[0].buttons[0].url", func(url string) checkable {
				return sending.MediaTemplate{}.WithUploaded(attachment.Image, "1").WithURL("t", url)
			}},
			{payload + "elements[0].buttons[0].url", func(url string) checkable {
				return sending.ImageGridTemplate{}.WithImages(slices.Repeat([]sending.GridImage{{URL: "https://a.example/"}}, 2)...).WithURL("t", url)
			}},
		},
		"Button.FallbackURL": {
			{payload + "buttons[0].fallback_url", func(url string) checkable { return sending.Buttons{Text: "t"}.WithButtons(fallback(url)) }},
			{payload + "elements[1].buttons[0].fallback_url", func(url string) checkable { return generic(card.WithButtons(fallback(url))) }},
			{payload + "elements[1].default_action.fallback_url", func(url string) checkable {
				action := fallback(url)
				action.Title = ""
				return generic(sending.Element{Title: "t", DefaultAction: &action})
			}},
		},
		"CouponTemplate.ImageURL": {{payload + "image_url", func(url string) checkable {
			return sending.CouponTemplate{Title: "t", Code: "c"}.WithImage(url)
		}}},
		"CouponTemplate.URL": {{payload + "coupon_url", func(url string) checkable {
			return sending.CouponTemplate{Title: "t"}.WithURL("t", url)
		}}},
		"CustomerFeedbackTemplate.PrivacyURL": {{payload + "business_privacy.url", func(url string) checkable { return feedback.WithPrivacy(url) }}},
		"CustomerInformationTemplate.PrivacyURL": {{payload + "business_privacy.url", func(url string) checkable {
			return sending.CustomerInformationTemplate{}.WithPrivacy(url)
		}}},
		"Element.ImageURL": {{payload + "elements[1].image_url", func(url string) checkable { return generic(card.WithImage(url)) }}},
		"GridAction.URL": {{payload + "elements[0].images[1].action.url", func(url string) checkable {
			return grid(sending.GridImage{URL: "https://a.example/"}.WithURL(url))
		}}},
		"GridImage.URL": {{payload + "elements[0].images[1].url", func(url string) checkable { return grid(sending.GridImage{URL: url}) }}},
		"Images.URLs": {{"attachments[1].payload.url", func(url string) checkable {
			return sending.Images{}.WithURLs("https://a.example/", url)
		}}},
		"MediaTemplate.URL": {{payload + "elements[0].url", func(url string) checkable {
			return sending.MediaTemplate{}.WithPost(attachment.Video, strings.Replace(url, "shop.example", "www.facebook.com", 1))
		}}},
		"Multimedia.URL": {{payload + "url", func(url string) checkable {
			return sending.Multimedia{Type: attachment.File, URL: url}
		}}},
		"NotificationElement.ImageURL": {{payload + "elements[0].image_url", func(url string) checkable {
			return sending.NotificationMessagesTemplate{}.WithElements(sending.NotificationElement{ImageURL: url})
		}}},
		"NotificationMessagesTemplate.ImageURL": {{payload + "image_url", func(url string) checkable {
			return sending.NotificationMessagesTemplate{}.WithImage(url)
		}}},
		"QuickReply.ImageURL": {
			{"quick_replies[0].image_url", func(url string) checkable { return sending.QuickReplies{Text: "t"}.WithReplies(reply(url)) }},
			{"quick_replies[0].image_url", func(url string) checkable { return sending.LongText{Text: "t"}.WithReplies(reply(url)) }},
		},
		"ReceiptElement.ImageURL": {{payload + "elements[0].image_url", func(url string) checkable {
			return receipt.WithElements(sending.ReceiptElement{Title: "t", Price: "1", ImageURL: url})
		}}},
		"ReceiptTemplate.OrderURL": {{payload + "order_url", func(url string) checkable { return receipt.WithOrderURL(url) }}},
		"UtilityParameter.URL": {{"utility.components[0].parameters[0].url", func(url string) checkable {
			return utility().WithButtons(sending.URLParameter(url))
		}}},

		// What goes on the wire.
		"mediaPayload.URL":    {{payload + "url", image}},
		"mediaElement.URL":    nil, // MediaTemplate.URL
		"businessPrivacy.URL": nil, // CustomerFeedbackTemplate.PrivacyURL, CustomerInformationTemplate.PrivacyURL
	}
}

// A field for a URL that is added is one of the table above, or this fails.
func TestEveryFieldForAURLIsKnown(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	isURL := regexp.MustCompile(`(?i)(URLs?|Link|Href)$`)
	var found []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			fields, ok := spec.Type.(*ast.StructType)
			if !ok {
				return false
			}
			for _, field := range fields.Fields.List {
				for _, name := range field.Names {
					if isURL.MatchString(name.Name) {
						found = append(found, spec.Name.Name+"."+name.Name)
					}
				}
			}
			return false
		})
	}
	slices.Sort(found)
	require.Equal(t, slices.Sorted(maps.Keys(urlFields())), found, "a field for a URL has to be checked and filled in: add it to the table")
}

// eachURLField runs a test for each way to each field.
func eachURLField(t *testing.T, test func(t *testing.T, f urlField)) {
	t.Helper()
	for name, ways := range urlFields() {
		for _, f := range ways {
			t.Run(name+" "+f.at, func(t *testing.T) {
				t.Parallel()
				test(t, f)
			})
		}
	}
}

func TestEveryURLIsCheckedWhenItIsBuilt(t *testing.T) {
	t.Parallel()
	eachURLField(t, func(t *testing.T, f urlField) {
		require.NoError(t, f.builder("https://shop.example/red%20shoes.png?a=b#c").Validate())
		require.NoError(t, wholeMessage(t, f.builder("https://shop.example/red%20shoes.png?a=b#c")).Validate(""))
		for url, reason := range map[string]string{
			"https://shop.example/red shoes.png": `has a space; write "%20"`,
			"https:// shop.example/":             `has a space; write "%20"`,
			"https:///red.png":                   "has no host",
			"https://shop.example/\n":            "has the control character U+000A",
			"https://shop.example/%zz":           "has a '%' without two hexadecimal digits",
			"https://shop.example/é":             `has 'é'; write "%C3%A9"`,
			"https://shop.example/a[0]":          `has '[' in its path; write "%5B"`,
			"ftp://shop.example/":                "is not an absolute http",
		} {
			s := f.builder(url)
			err := wholeMessage(t, s).Validate("")
			require.Equal(t, []string{f.at}, fields(err), "%q: %v", url, err)
			require.ErrorContains(t, err, reason, url)
			err = s.Validate()
			require.Len(t, fields(err), 1, "%q: the sender: %v", url, err)
			require.ErrorContains(t, err, reason, url)
		}
	})
}

func TestPlaceholdersInEveryURLAreFilledInAndEscaped(t *testing.T) {
	t.Parallel()
	ctx := sending.WithValues(t.Context(), map[string]string{"number": "a/b c?&é", "dots": ".."})
	eachURLField(t, func(t *testing.T, f urlField) {
		s := f.builder("https://shop.example/o/%{number}?n=%{number}&l=%{language|en}#%{number}")
		require.NoError(t, s.Validate())
		before := wholeMessage(t, s)
		m := compose(t, ctx, s)
		require.NoError(t, m.Validate(""))
		require.Equal(t, before, wholeMessage(t, s), "composing has changed the sender")
		var text strings.Builder
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		require.NoError(t, encoder.Encode(m))
		const escaped = "a%2Fb%20c%3F%26%C3%A9"
		require.Contains(t, strings.ReplaceAll(text.String(), `\u0026`, "&"), "/o/"+escaped+"?n="+escaped+"&l=en#"+escaped)

		err := before.Validate("")
		require.Equal(t, []string{f.at}, fields(err), "a message goes out as it is")
		require.ErrorContains(t, err, "has a placeholder")

		for template, reason := range map[string]string{
			"https://shop.example/ %{number}":          `has a space; write "%20"`,
			"https://shop.example/%{number":            "has a placeholder that is not closed",
			"https://shop.example/?n=%{number|1":       "has a placeholder that is not closed",
			"https://shop.example/%{number}/%{":        "has a placeholder that is not closed",
			"https://shop.example/%{number/%{number}":  "has a placeholder that is not closed",
			"https://%{number":                         "has a placeholder that is not closed",
			"%{number":                                 "has a placeholder that is not closed",
			"https://shop.example/%%{number}":          `has '{'; write "%7B"`,
			"https://%{number}.example/":               "has a placeholder before its path",
			"https://shop.example:%{number}/":          "has a placeholder before its path",
			"https://%{number}@shop.example/":          "has a placeholder before its path",
			"%{number}/orders":                         "is not an absolute http",
			"%{scheme}://www.facebook.com/o/%{number}": "is not an absolute http",
		} {
			if strings.HasPrefix(template, "%{number}/") && strings.HasPrefix(f.at, "utility") {
				continue // the end of an approved URL
			}
			require.ErrorContains(t, f.builder(template).Validate(), reason, template)
		}
		_, err = f.builder("https://shop.example/o/%{dots}/x").Compose(ctx, nil)
		require.ErrorContains(t, err, `url`)
		require.ErrorContains(t, err, `has a value that makes ".." of a segment of its path`)
	})
}

func TestExpandURL(t *testing.T) {
	t.Parallel()
	ctx := sending.WithValues(t.Context(), map[string]string{
		"id": "4711", "odd": "100% <b>\n\x00\xff", "dot": ".", "dots": "..", "empty": "", "name": "%{id}",
		"photo": "https://cdn.example/a.png?sig=b%20c", "bad": "https://cdn.example/a b.png", "script": "javascript:alert(1)",
	})
	for text, want := range map[string]string{
		"":                                   "",
		"https://a.example/":                 "https://a.example/",
		"not checked":                        "not checked",
		"https://a.example/%{id}":            "https://a.example/4711",
		"https://a.example/x-%{id}.png":      "https://a.example/x-4711.png",
		"https://a.example?%{id}":            "https://a.example?4711",
		"https://a.example/?%{id}=%{id}":     "https://a.example/?4711=4711",
		"https://a.example/%{odd}":           "https://a.example/100%25%20%3Cb%3E%0A%00%FF",
		"https://a.example/%{missing}/x":     "https://a.example//x",
		"https://a.example/%{empty|none}":    "https://a.example/none",
		"https://a.example/%{missing|a b/c}": "https://a.example/a%20b%2Fc",
		"https://a.example/%{name}":          "https://a.example/%25%7Bid%7D",
		"https://a.example/%20%{id}":         "https://a.example/%204711",
		"https://a.example/?d=%{dots}":       "https://a.example/?d=..",
		"https://a.example/#%{dots}":         "https://a.example/#..",
		"https://a.example/x%{dots}":         "https://a.example/x..",
		"https://a.example/%{dots}%{dots}":   "https://a.example/....",
		"https://a.example/../%{id}":         "https://a.example/../4711",
		"%{photo}":                           "https://cdn.example/a.png?sig=b%20c",
		"%{missing|https://a.example/x}":     "https://a.example/x",
	} {
		got, err := sending.ExpandURL(ctx, text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for text, reason := range map[string]string{
		"https://a.example/%{dots}":       `has a value that makes ".." of a segment`,
		"https://a.example/%{dot}/x":      `has a value that makes "." of a segment`,
		"https://a.example/.%{dot}":       `has a value that makes ".." of a segment`,
		"https://a.example/%2e%{dot}":     `has a value that makes ".." of a segment`,
		"https://a.example/%{dot}%{dot}":  `has a value that makes ".." of a segment`,
		"https://a.example/%{missing|..}": `has a value that makes ".." of a segment`,
		"https://a.example/ %{id}":        "has a space",
		"https://%{id}.a.example/":        "has a placeholder before its path",
		"https://a.example/%{id":          "has a placeholder that is not closed",
		"https://a.example/%{a%{id}":      "has a placeholder that is not closed",
		"%{a%{id}":                        "has a placeholder that is not closed",
		"%{id|https://a.example/%{id}":    "has a placeholder that is not closed",
		"https://a.example/%%{id":         `has '{'; write "%7B"`,
		"//%{id}/":                        "is not an absolute",
		"%{bad}":                          "once filled in, has a space",
		"%{script}":                       "once filled in, is not an absolute http or https URL",
		"%{missing}":                      "once filled in, is missing",
		"%{missing|a b}":                  "has a space",
		"%{photo}%{photo}":                "is not an absolute",
	} {
		got, err := sending.ExpandURL(ctx, text)
		require.ErrorContains(t, err, reason, text)
		require.Empty(t, got)
		var wrong *sending.FieldError
		require.ErrorAs(t, err, &wrong)
	}
}

// The end of an approved URL is a URL parameter too.
func TestUtilityTemplatesTakeTheEndOfAURL(t *testing.T) {
	t.Parallel()
	ctx := sending.WithValues(t.Context(), map[string]string{"number": "47 11", "end": "orders/1"})
	for text, want := range map[string]string{"orders/1?x=2": "orders/1?x=2", "o/%{number}": "o/47%2011", "%{end}": "orders/1"} {
		s := utility().WithButtons(sending.URLParameter(text))
		require.NoError(t, s.Validate(), text)
		m := compose(t, ctx, s)
		require.NoError(t, m.Validate(""))
		require.Equal(t, want, m.Utility.Components[0].Parameters[0].URL)
	}
	require.ErrorContains(t, utility().WithButtons(sending.URLParameter("a b")).Validate(), "has a space")
	_, err := utility().WithButtons(sending.URLParameter("%{number}")).Compose(ctx, nil)
	require.ErrorContains(t, err, "components[0].parameters[0].url: once filled in, has a space")
}

// FuzzExpandURL: whatever a value is, it changes nothing but its own place.
func FuzzExpandURL(f *testing.F) {
	for _, value := range []string{"", "a", "..", "../..", "a/b?c#d", "%2e%2e", "\x00\xff", "é", "%{x}", "\\", "@evil.example"} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		ctx := sending.WithValues(t.Context(), map[string]string{"v": value})
		got, err := sending.ExpandURL(ctx, "https://a.example/p/%{v}/q?k=%{v}&l=1#%{v}")
		if value == "." || value == ".." {
			require.Error(t, err)
			return
		}
		require.NoError(t, err)
		u, err := url.Parse(got)
		require.NoError(t, err)
		require.Equal(t, "a.example", u.Host)
		require.Equal(t, "/p/"+value+"/q", u.Path)
		require.Equal(t, map[string][]string{"k": {value}, "l": {"1"}}, map[string][]string(u.Query()))
		require.Equal(t, value, u.Fragment)
	})
}
