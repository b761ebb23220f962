package payload

import "strings"

// The kinds of the persistent menu's items, by position, and of Get Started. They carry no data, and the bare name is a
// payload of the kind.
const (
	PersistentMenuOne   = "PERSISTENT_MENU_ONE"
	PersistentMenuTwo   = "PERSISTENT_MENU_TWO"
	PersistentMenuThree = "PERSISTENT_MENU_THREE"
	PersistentMenuFour  = "PERSISTENT_MENU_FOUR"
	PersistentMenuFive  = "PERSISTENT_MENU_FIVE"
	GetStartedButton    = "GET_STARTED_BUTTON"
)

// canonical returns the kind that a djmessenger class of the menu or of Get Started stands for, and any other name as it is.
// How that framework spelled them is not certain, so the likely spellings all count: below any module of djmessenger or
// bare, with "Payload" at an end or without, with the position as a word or a digit.
func canonical(name string) string {
	class := name
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		if !strings.HasPrefix(name, "djmessenger.") {
			return name
		}
		class = name[dot+1:]
	}
	class = strings.TrimPrefix(strings.TrimSuffix(class, "Payload"), "Payload")
	switch class {
	case "GetStarted", "GetStartedButton":
		return GetStartedButton
	}
	position, menu := strings.CutPrefix(class, "PersistentMenu")
	if !menu {
		return name
	}
	switch strings.TrimPrefix(strings.TrimPrefix(position, "Item"), "Payload") {
	case "One", "1":
		return PersistentMenuOne
	case "Two", "2":
		return PersistentMenuTwo
	case "Three", "3":
		return PersistentMenuThree
	case "Four", "4":
		return PersistentMenuFour
	case "Five", "5":
		return PersistentMenuFive
	}
	return name
}

// className returns the dotted name of a class that was written as Python prints a class itself: <class 'shop.Size'>.
func className(text string) string {
	if inner, ok := strings.CutPrefix(text, "<class '"); ok {
		if inner, ok = strings.CutSuffix(inner, "'>"); ok {
			return inner
		}
	}
	return text
}
