package dialog

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/djmessenger/messenger/i18n"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/sending"
)

// shown is a choice as a person sees it.
type shown struct {
	Choice

	title string // in the person's language
	chip  string // as much of it as a chip shows
}

// shownOf returns choices as a person sees them. Chips that would look the same get their numbers
// in front.
func shownOf(ctx context.Context, choices []Choice) []shown {
	all := make([]shown, len(choices))
	alike := map[string]int{}
	for i, c := range choices {
		title := c.title(ctx)
		if strings.TrimSpace(title) == "" {
			title = strings.Trim(c.Key, `"`)
		}
		chip := i18n.Shorten(i18n.From(ctx).Within(title, c.Title, maxTitle), maxTitle) // those of OneOfFunc may be long themselves
		all[i] = shown{Choice: c, title: title, chip: chip}
		alike[fold(all[i].chip)]++
	}
	for i, c := range all {
		if alike[fold(c.chip)] > 1 {
			all[i].chip = i18n.Shorten(fmt.Sprintf("%d. %s", i+1, c.title), maxTitle)
		}
	}
	return all
}

// chips are those of a question. What the platform does not show below one message comes in pages,
// with a chip that leads to the next one.
func (f *flow[S]) chips(ctx context.Context, n node[S]) ([]sending.QuickReply, error) {
	choices, err := n.choices(ctx, f.run(), f.rec.Partial)
	if err != nil {
		return nil, err
	}
	var paged, always []shown
	for _, c := range shownOf(ctx, choices) {
		if c.always {
			always = append(always, c)
		} else {
			paged = append(paged, c)
		}
	}
	if n.optional && f.words.SkipTitle != "" {
		always = append(always, shownOf(ctx, []Choice{{Key: skipKey, Title: f.words.SkipTitle}})...)
	}
	var chips []sending.QuickReply
	if n.contact != nil && f.rec.Object != receiving.ObjectInstagram {
		chips = append(chips, *n.contact)
	}
	paged, next := pageOf(paged, f.page, MaxChoices-len(always)-len(chips))
	if next >= 0 {
		paged = append(paged, shownOf(ctx, []Choice{{Key: pageKey + strconv.Itoa(next), Title: f.words.nextTitle()}})...)
	}
	for _, c := range slices.Concat(paged, always) {
		carried, err := tapKind.Encode(tap{Dialog: f.d.Name, Run: f.rec.Run, Step: n.name, Key: c.Key})
		if err != nil {
			return nil, f.fails("the choice %q: %v", c.Title, err)
		}
		chips = append(chips, sending.TextReply(c.chip, carried))
	}
	return chips, nil
}

// pageOf returns the choices of a page, counted from 0, and the page that follows; -1 if there is
// only one. Behind the last one is the first.
func pageOf(all []shown, page, room int) (here []shown, next int) {
	if len(all) <= room {
		return all, -1
	}
	room-- // for the chip that leads on
	pages := (len(all) + room - 1) / room
	if page < 0 || page >= pages {
		page = 0 // there are fewer by now
	}
	return slices.Clone(all[page*room : min(len(all), (page+1)*room)]), (page + 1) % pages
}

// pageKey begins the key of the chip that leads to a page. It is no JSON, so no value has it.
const pageKey = "page "

// pageTapped returns the page that the key of a tap leads to.
func pageTapped(key string) (page int, ok bool) {
	digits, ok := strings.CutPrefix(key, pageKey)
	if !ok {
		return 0, false
	}
	page, err := strconv.Atoi(digits)
	return page, err == nil
}
