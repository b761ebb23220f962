package sending_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

const (
	family = "👨‍👩‍👧‍👦" // 7 code points, 25 bytes
	flag   = "🇹🇼"      // 2 code points, 8 bytes
	accent = "e\u0301" // 2 code points, 3 bytes
	hangul = "\u1112\u1161\u11ab"
	hindi  = "क्षि" // 4 code points, 12 bytes
)

func TestTextBreaksWhereItReadsBest(t *testing.T) {
	t.Parallel()
	// Each text is followed by so much without a break that it has to be broken
	// at the |.
	const wall = 1500
	fill := strings.Repeat("word ", 200) // a thousand characters, and a space at the end
	han := strings.Repeat("字", 1000)
	for name, marked := range map[string]string{
		"paragraph before line":                      fill + "a\n\n|b\nc. D e",
		"paragraph of Windows":                       fill + "a\r\n\r\n|b\r\nc. D e",
		"blank line with spaces":                     fill + "a \n \t\n |b\nc. D e",
		"paragraph separator":                        fill + "a\u2029|b\nc. D e",
		"line before sentence":                       fill + "a. B\n|c. D e",
		"line of Windows":                            fill + "a. B\r\n|c. D e",
		"sentence before word":                       fill + "A. |B c d",
		"sentence in quotation marks":                fill + "“A.” |B c d",
		"question":                                   fill + "A? |B, c d",
		"no sentence before a small letter":          fill + "e.g. b c |d",
		"no sentence in a number":                    fill + "a 3.14 |b",
		"a mark after a space is none of its":        fill + "A. |\" B c d",
		"Chinese sentence":                           han + "。|字字，字",
		"Chinese sentence in quotation marks":        han + "：“字。”|字字，字",
		"Japanese sentence in brackets":              han + "「字！」|字字、字",
		"character":                                  han + "字|",
		"no part begins with a comma":                han + "|字，" + accent,
		"no part begins with a small kana":           han + "|キャ…",
		"no part ends with an opening bracket":       han + "|（" + accent,
		"a vowel stays before its consonant":         han + "กา|เก…",
		"zero width space":                           fill[:999] + "ក\u200b|" + accent,
		"no break at a no-break space":               fill + "a |b\u00a0c",
		"no break before a mark that stands alone":   fill + "a |b !",
		"an early end is for when there is no other": "a\n\n|b",
		"a word before a wall":                       fill + "|",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before, after, marks := strings.Cut(marked, "|")
			require.True(t, marks)
			text := before + after + strings.Repeat("x", wall)
			if strings.HasPrefix(before, "a\n") {
				text = before + after + strings.Repeat("x", 1999)
			}
			parts := sending.SplitText(text, receiving.ObjectPage)
			require.Greater(t, len(parts), 1)
			require.Equal(t, strings.TrimSpace(before), parts[0])
		})
	}
}

func TestEachPartIsAsLongAsThePlatformTakes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text   string
		object receiving.Object
		want   []int // sizes as the platform counts
	}{
		"at the limit":           {strings.Repeat("é", 2000), receiving.ObjectPage, []int{2000}},
		"no object":              {strings.Repeat("é", 2001), "", []int{2000, 1}},
		"over the limit":         {strings.Repeat("é", 4001), receiving.ObjectPage, []int{2000, 2000, 1}},
		"Instagram at the limit": {strings.Repeat("é", 500), receiving.ObjectInstagram, []int{1000}},
		"Instagram over":         {strings.Repeat("é", 501), receiving.ObjectInstagram, []int{1000, 2}},
		"Instagram, 3 bytes":     {strings.Repeat("字", 334), receiving.ObjectInstagram, []int{999, 3}},
		"families":               {strings.Repeat(family, 300), receiving.ObjectPage, []int{1995, 105}},
		"families on Instagram":  {strings.Repeat(family, 41), receiving.ObjectInstagram, []int{1000, 25}},
		"flags":                  {"a" + strings.Repeat(flag, 1000), receiving.ObjectPage, []int{1999, 2}},
		"flags on Instagram":     {strings.Repeat(flag, 126), receiving.ObjectInstagram, []int{1000, 8}},
		"accents":                {"a" + strings.Repeat(accent, 1000), receiving.ObjectPage, []int{1999, 2}},
		"Hangul":                 {strings.Repeat(hangul, 700), receiving.ObjectPage, []int{1998, 102}},
		"Hindi":                  {"a" + strings.Repeat(hindi, 500), receiving.ObjectPage, []int{1997, 4}},
		"one cluster over the limit": {
			"a " + "e" + strings.Repeat("\u0301", 2500), receiving.ObjectPage, []int{1, 2000, 501},
		},
		"one cluster over the limit of Instagram": {
			"e" + strings.Repeat("\u0301", 600), receiving.ObjectInstagram, []int{999, 202},
		},
		"white space is no part":  {strings.Repeat(" ", 5000) + "a" + strings.Repeat("\r\n", 5000) + "b\n", receiving.ObjectPage, []int{1, 1}},
		"within, as it is":        {"  a \n", receiving.ObjectPage, []int{5}},
		"empty":                   {"", receiving.ObjectPage, nil},
		"blank":                   {" \r\n\u3000", receiving.ObjectPage, nil},
		"long and blank":          {strings.Repeat("\n", 5000), receiving.ObjectPage, nil},
		"bad UTF-8":               {strings.Repeat("a\xff", 1001), receiving.ObjectPage, []int{2000, 2}},
		"bad UTF-8 on Instagram":  {"a\xe5\xad", receiving.ObjectInstagram, []int{4}},
		"a text that fills parts": {strings.Repeat("four ", 1000), receiving.ObjectPage, []int{1999, 1999, 999}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			parts := sending.SplitText(c.text, c.object)
			var sizes []int
			for _, part := range parts {
				if c.object == receiving.ObjectInstagram {
					sizes = append(sizes, len(part))
				} else {
					sizes = append(sizes, utf8.RuneCountInString(part))
				}
			}
			require.Equal(t, c.want, sizes)
			requireSplit(t, c.text, c.object, parts)
		})
	}
}

// The work grows with the length of a text, whatever is in it: each byte is measured a
// few times, and a cut looks at no more breaks than a part has characters.
func TestWorkOfASplitGrowsWithTheLength(t *testing.T) {
	t.Parallel()
	const size = 1 << 19
	for name, piece := range map[string]string{
		"a word without end":   "x",
		"accents without end":  "\u0301",
		"flags":                flag,
		"joiners":              "👨\u200d",
		"Indic conjuncts":      "क्",
		"spaces":               " ",
		"lines":                "\r\n",
		"full stops":           ".",
		"closing brackets":     ".)))",
		"opening brackets":     "(",
		"early words":          "a. b " + strings.Repeat("x", 1996),
		"paragraphs and walls": "a\n\nb\nc. D e " + strings.Repeat("x", 1988),
		"bad UTF-8":            "\xff\u0301",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := "a" + strings.Repeat(piece, size/len(piece)) + "b"
			parts, measured, breaks := sending.SplitWork(text, receiving.ObjectPage)
			length := len(strings.ToValidUTF8(text, "\ufffd"))
			require.LessOrEqual(t, measured, 3*length)
			require.LessOrEqual(t, breaks, sending.MaxText)
			require.LessOrEqual(t, len(parts)*breaks, 2*length)
			require.Equal(t, parts, sending.SplitText(text, receiving.ObjectPage))
			requireSplit(t, text, receiving.ObjectPage, parts)
		})
	}
}

func TestLongMessagesAreWhatThePlatformTakes(t *testing.T) {
	t.Parallel()
	require.Equal(t, []sending.Message{sending.Text(" a ")}, sending.LongMessages(" a ", receiving.ObjectPage))
	messages := sending.LongMessages(strings.Repeat("é", 501), receiving.ObjectInstagram)
	require.Len(t, messages, 2)
	for _, m := range messages {
		require.NoError(t, m.Validate(receiving.ObjectInstagram))
	}
	for _, blank := range []string{"", "  "} {
		messages := sending.LongMessages(blank, receiving.ObjectPage)
		require.Len(t, messages, 1)
		require.Error(t, messages[0].Validate(receiving.ObjectPage), "that nothing is said is not to go unnoticed")
	}
}

// requireSplit requires what holds for every text.
func requireSplit(t *testing.T, text string, object receiving.Object, parts []string) {
	t.Helper()
	for _, part := range parts {
		require.NoError(t, sending.Text(part).Validate(object))
		require.NotEmpty(t, strings.TrimSpace(part))
		if len(parts) > 1 {
			require.Equal(t, strings.TrimSpace(part), part)
		}
	}
	if withoutSpace(strings.Join(parts, "")) != withoutSpace(strings.ToValidUTF8(text, "\ufffd")) {
		t.Fatal("something got lost or was added") // the texts may be huge
	}
}

func withoutSpace(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

func FuzzSplitText(f *testing.F) {
	for _, s := range []string{
		"", " ", "a\r\n\r\nb", "A. B? “C!” d", "字。字", "a\xffb", family, flag, accent, hangul, hindi, "\u200b", "a\u00a0b", "\u2029",
	} {
		f.Add(s, uint16(700))
		f.Add(s+strings.Repeat("x", 990)+s, uint16(2))
	}
	f.Fuzz(func(t *testing.T, piece string, times uint16) {
		if len(piece)*int(times) > 1<<13 {
			return // long enough is long enough
		}
		text := strings.Repeat(piece, int(times))
		for _, object := range []receiving.Object{receiving.ObjectPage, receiving.ObjectInstagram} {
			requireSplit(t, text, object, sending.SplitText(text, object))
		}
	})
}

func BenchmarkSplitText(b *testing.B) {
	sentence := "The quick brown fox jumps over the lazy dog. 敏捷的棕色狐狸跳過懶狗。 "
	for _, sentences := range []int{100, 10_000} {
		text := strings.Repeat(sentence, sentences)
		b.Run(fmt.Sprintf("%d_bytes", len(text)), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				sending.SplitText(text, receiving.ObjectPage)
			}
		})
	}
}
