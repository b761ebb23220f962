package dialog

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/internal/cldrdates"
)

// dateName is a name of a month or a day of the week, or of both: "mar" is in Spanish.
type dateName struct {
	month   int
	weekday int // from 1 for Sunday
}

// dateWords are the words of one language that dates are written with. All are folded.
type dateWords struct {
	names    map[string]dateName
	plain    map[string]dateName // without accents
	order    []string            // names, the longest first
	fillers  map[string]bool     // words that say nothing
	relative map[string][]int    // days from today; of Hindi "kal" it is one behind or ahead
	this     map[string]int      // weekdays
	next     map[string]int
}

// fillers are words that stand with dates in some languages.
var fillers = strings.Fields("on of the th am den der dem le du el del de il di em do op den 年 月 日 년 월 일 st nd rd er º ª го e")

// enough is how many letters of a month's name will do.
const enough = 3

func newDateWords() *dateWords {
	w := &dateWords{
		names: map[string]dateName{}, plain: map[string]dateName{}, fillers: map[string]bool{}, relative: map[string][]int{},
		this: map[string]int{}, next: map[string]int{},
	}
	for _, f := range fillers {
		w.fillers[f] = true
	}
	return w
}

// umlauts are how they are written without their dots.
var umlauts = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue")

func (w *dateWords) add(name string, is dateName) {
	name = foldDate(name)
	if name == "" {
		return
	}
	note := func(into map[string]dateName, name string) {
		had := into[name]
		into[name] = dateName{cmp.Or(had.month, is.month), cmp.Or(had.weekday, is.weekday)}
	}
	note(w.names, name)
	note(w.plain, withoutAccents(name))
	note(w.plain, umlauts.Replace(name))
}

// addDay adds a word for the day that is so many days from today.
func (w *dateWords) addDay(word string, days int) {
	word = foldDate(word)
	if word == "" {
		return
	}
	for _, word := range slices.Compact([]string{word, umlauts.Replace(word)}) {
		if !slices.Contains(w.relative[word], days) {
			w.relative[word] = append(w.relative[word], days)
		}
	}
}

// sorted completes the words.
func (w *dateWords) sorted() *dateWords {
	for name := range w.names {
		w.order = append(w.order, name)
	}
	slices.SortFunc(w.order, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	return w
}

// month returns the month that a word begins, if it is one.
func (w *dateWords) month(word string) int {
	if len([]rune(word)) < enough {
		return 0
	}
	month := 0
	for name, is := range w.plain {
		if is.month > 0 && strings.HasPrefix(name, word) {
			if month > 0 && month != is.month {
				return 0
			}
			month = is.month
		}
	}
	return month
}

// named returns what a word is.
func (w *dateWords) named(word string) (dateName, bool) {
	if is, ok := w.names[word]; ok {
		return is, true
	}
	bare := withoutAccents(word)
	if is, ok := w.plain[bare]; ok {
		return is, true
	}
	if m := w.month(bare); m > 0 {
		return dateName{month: m}, true
	}
	return dateName{}, false
}

// foldDate is fold without what cannot be seen, and with one kind of apostrophe.
func foldDate(text string) string { return strings.ReplaceAll(fold(plainText(text)), "’", "'") }

// withoutAccents returns a folded text as people write it who leave accents out.
func withoutAccents(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == 'ı':
			return 'i'
		case r == 'ł':
			return 'l'
		case r == 'ø':
			return 'o'
		case r == 'đ':
			return 'd'
		}
		return r
	}, norm.NFD.String(text))
}

var cldrWords sync.Map // of *dateWords by the name of a locale of CLDR

// wordsOf returns those of a language.
func wordsOf(d *cldrdates.Dates) *dateWords {
	if w, ok := cldrWords.Load(d.Name); ok {
		return w.(*dateWords) //nolint:forcetypeassert // nothing else is in it
	}
	w := newDateWords()
	before, behind := besideMonth(w, d.Long)
	for i, names := range d.Months {
		for _, name := range names {
			w.add(name, dateName{month: i + 1})
			w.add(before+name+behind, dateName{month: i + 1})
		}
	}
	for i, names := range d.Days {
		for _, name := range names {
			w.add(name, dateName{weekday: i + 1})
		}
		w.this[foldDate(d.This[i])], w.next[foldDate(d.Next[i])] = i+1, i+1
	}
	for i, word := range d.Relative {
		w.addDay(word, i-1)
	}
	stored, _ := cldrWords.LoadOrStore(d.Name, w.sorted())
	return stored.(*dateWords) //nolint:forcetypeassert // the same
}

// besideMonth notes the words of a pattern, and returns the letters that stand at the name of the month.
func besideMonth(w *dateWords, pattern string) (before, behind string) {
	fields := fieldsOf(pattern)
	letter := func(r rune) bool { return unicode.In(r, unicode.L, unicode.M) }
	for i, f := range fields {
		if f.letter != 0 {
			continue
		}
		for _, word := range strings.FieldsFunc(f.literal, func(r rune) bool { return !letter(r) }) {
			w.fillers[foldDate(word)] = true
		}
		if i+1 < len(fields) && fields[i+1].letter == 'M' {
			before = f.literal[strings.LastIndexFunc(f.literal, func(r rune) bool { return !letter(r) })+1:]
			before = strings.TrimLeftFunc(before, func(r rune) bool { return !letter(r) })
		}
		if i > 0 && fields[i-1].letter == 'M' {
			behind = f.literal
			if end := strings.IndexFunc(behind, func(r rune) bool { return !letter(r) }); end >= 0 {
				behind = behind[:end]
			}
		}
	}
	return before, behind
}

// catalogueWords are those that the bot's catalogue has, with the ids, which are English.
func catalogueWords(ctx context.Context) *dateWords {
	w := newDateWords()
	each := func(id string, do func(word string)) {
		translated, _ := i18n.From(ctx).Lookup(id) // a catalogue may add words, and need not
		for word := range strings.SplitSeq(id+"|"+translated, "|") {
			do(word)
		}
	}
	for m := time.January; m <= time.December; m++ {
		each(m.String(), func(word string) { w.add(word, dateName{month: int(m)}) })
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		each(d.String(), func(word string) { w.add(word, dateName{weekday: int(d) + 1}) })
	}
	for id, days := range map[string]int{"yesterday": -1, "today": 0, "tomorrow": 1, "the day after tomorrow": 2, "day after tomorrow": 2} {
		each(id, func(word string) { w.addDay(word, days) })
	}
	return w.sorted()
}

// dateWordsFor are the words of all languages in which the person may write a date.
func dateWordsFor(ctx context.Context) []*dateWords {
	all := []*dateWords{catalogueWords(ctx)}
	add := func(tag language.Tag, known bool) {
		if d, ok := cldrdates.Of(tag); ok && known && !slices.Contains(all, wordsOf(d)) {
			all = append(all, wordsOf(d))
		}
	}
	add(ownLanguage(ctx))
	add(spokenLanguage(ctx))
	add(language.English, true)
	return all
}
