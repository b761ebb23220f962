package graph

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/djmessenger/messenger/internal/weburl"
)

// urlChecks are the members of a request's JSON that hold a URL, wherever they
// stand in it.
var urlChecks = map[string]func(string) error{
	"account_linking_url": weburl.CheckHTTPS,
	"base_url":            weburl.Check, // of a button in a utility template from the library
	"coupon_url":          weburl.Check,
	"fallback_url":        weburl.Check,
	"home_url":            weburl.CheckHTTPS,
	"image_url":           weburl.Check,
	"order_url":           weburl.Check,
	"url":                 weburl.Check,
	"whitelisted_domains": weburl.CheckHTTPS,
}

// checkURLs refuses JSON that has a URL which breaks a rule of RFC 3986, and says
// where. It looks at the members that urlChecks names: at a text, at every text of
// a list, and into an object. Anything else, such as an empty text, is for the
// platform to judge. A check is for the texts that are not in an object; nil: none.
func checkURLs(what string, raw json.RawMessage, check func(string) error) error {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if decoder.Decode(&value) == nil {
		return walkURLs(what, value, check)
	}
	return nil // what is not JSON is refused when the body is encoded
}

func walkURLs(at string, value any, check func(string) error) error {
	switch v := value.(type) {
	case string:
		if check == nil || v == "" {
			return nil
		}
		if err := check(v); err != nil {
			return refuse(at + " " + err.Error())
		}
	case []any:
		for i, item := range v {
			if err := walkURLs(fmt.Sprintf("%s[%d]", at, i), item, check); err != nil {
				return err
			}
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if err := walkURLs(at+"."+name, v[name], urlChecks[name]); err != nil {
				return err
			}
		}
	}
	return nil
}
