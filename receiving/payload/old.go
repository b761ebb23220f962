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
// bare, with "Payload" or without.
func canonical(name string) string {
	class := name
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		if !strings.HasPrefix(name, "djmessenger.") {
			return name
		}
		class = name[dot+1:]
	}
	switch strings.TrimSuffix(class, "Payload") {
	case "PersistentMenuOne":
		return PersistentMenuOne
	case "PersistentMenuTwo":
		return PersistentMenuTwo
	case "PersistentMenuThree":
		return PersistentMenuThree
	case "PersistentMenuFour":
		return PersistentMenuFour
	case "PersistentMenuFive":
		return PersistentMenuFive
	case "GetStarted", "GetStartedButton":
		return GetStartedButton
	}
	return name
}
