package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// writeNames prints the names of languages: a line has a tag, the language's own name for itself, and the English one. Those of
// regions and scripts are there where CLDR has a name for them.
func writeNames(dir string, wanted map[string]bool) {
	names := func(locale string) tree {
		return read(dir, "cldr-localenames-full", "main", locale, "languages.json").at("main", locale, "localeDisplayNames", "languages")
	}
	english := names("en")
	own := map[string]string{}
	for _, base := range slices.Sorted(maps.Keys(wanted)) {
		files, _ := filepath.Glob(filepath.Join(dir, "cldr-localenames-full", "main", base+"*", "languages.json"))
		for _, file := range files {
			locale := filepath.Base(filepath.Dir(file))
			if locale != base && !strings.HasPrefix(locale, base+"-") {
				continue
			}
			list := names(locale)
			for _, tag := range list.keys() {
				if (tag == base || strings.HasPrefix(tag, base+"-")) && own[tag] == "" && !strings.Contains(tag, "-alt-") && !strings.Contains(tag, "-menu-") {
					own[tag] = list.at(tag).text()
				}
			}
			switch name := list.at(locale).text(); {
			case name != "":
				own[locale] = name // in its own script
			case len(locale) == len(base)+5 && list.at(base).text() != own[base]:
				own[locale] = list.at(base).text()
			}
		}
	}
	fmt.Fprintf(os.Stdout, "# Unicode CLDR %s, see LICENSE.unicode. Written by tools/cldr.\n", read(dir, "cldr-localenames-full", "package.json").at("version").text())
	for _, tag := range slices.Sorted(maps.Keys(own)) {
		name := english.at(tag).text()
		if own[tag] == "" || name == "" && strings.Contains(tag, "-") && own[tag] == own[tag[:strings.IndexByte(tag, '-')]] {
			continue
		}
		fmt.Printf("%s\t%s\t%s\n", tag, own[tag], name)
	}
}
