//go:build ignore

// Gen writes dates.txt from two npm packages of Unicode's CLDR, unpacked in a folder:
//
//	npm install --prefix /tmp/cldr cldr-dates-full@48.2.0 cldr-core@48.2.0
//	go run gen.go /tmp/cldr/node_modules
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// others are languages of the platform under the names that CLDR has for them.
var others = []string{"nb", "nn", "no", "fil", "ckb", "chr", "ceb", "nso", "szl", "tzm", "syr"}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

type object = map[string]any

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: go run gen.go FOLDER, which has cldr-dates-full and cldr-core")
	}
	if err := write(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func write(folder string) error {
	wanted, err := languages()
	if err != nil {
		return err
	}
	supplement, err := read(filepath.Join(folder, "cldr-core", "supplemental", "parentLocales.json"))
	if err != nil {
		return err
	}
	parents := at(supplement, "supplemental", "parentLocales", "parentLocale")
	parent := func(name string) string {
		if p, ok := parents[name].(string); ok {
			return p
		}
		i := strings.LastIndexByte(name, '-')
		return name[:max(i, 0)]
	}
	folders, err := filepath.Glob(filepath.Join(folder, "cldr-dates-full", "main", "*"))
	if err != nil {
		return err
	}
	all := map[string]map[string]string{}
	var names []string
	for _, f := range folders {
		name := filepath.Base(f)
		if base, _, _ := strings.Cut(name, "-"); !wanted[base] {
			continue
		}
		if all[name], err = fields(f, name); err != nil {
			return err
		}
		names = append(names, name)
	}
	slices.Sort(names)
	out, err := os.Create("dates.txt")
	if err != nil {
		return err
	}
	defer out.Close()
	w := bufio.NewWriter(out)
	fmt.Fprintln(w, "# Written by gen.go from Unicode's CLDR 48.2. LICENSE is Unicode's.")
	for _, name := range names {
		up := parent(name)
		from := up
		for from != "" && from != "und" && all[from] == nil {
			from = parent(from)
		}
		var lines []string
		for _, field := range slices.Sorted(keys(all[name])) {
			if value := all[name][field]; all[from] == nil || all[from][field] != value {
				lines = append(lines, field+"\t"+value)
			}
		}
		i := strings.LastIndexByte(name, '-')
		if len(lines) == 0 && from == name[:max(i, 0)] && !slices.ContainsFunc(names, func(n string) bool { return parent(n) == name }) {
			continue
		}
		fmt.Fprintln(w, strings.TrimSpace("@"+name+" "+map[bool]string{true: from}[all[from] != nil]))
		for _, line := range lines {
			fmt.Fprintln(w, line)
		}
	}
	return w.Flush()
}

func keys(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// languages are those of the platform.
func languages() (map[string]bool, error) {
	data, err := os.ReadFile(filepath.Join("..", "..", "i18n", "testdata", "locales.txt"))
	if err != nil {
		return nil, err
	}
	all := map[string]bool{}
	for line := range strings.Lines(string(data)) {
		if base, _, ok := strings.Cut(line, "_"); ok && !strings.HasPrefix(line, "#") {
			all[base] = true
		}
	}
	for _, name := range others {
		all[name] = true
	}
	return all, nil
}

// fields are those of one locale.
func fields(folder, name string) (map[string]string, error) {
	calendar, err := read(filepath.Join(folder, "ca-gregorian.json"))
	if err != nil {
		return nil, err
	}
	words, err := read(filepath.Join(folder, "dateFields.json"))
	if err != nil {
		return nil, err
	}
	g := at(calendar, "main", name, "dates", "calendars", "gregorian")
	f := at(words, "main", name, "dates", "fields")
	var months []string
	for i := range 12 {
		months = append(months, fmt.Sprint(i+1))
	}
	era := text(at(g, "eras", "eraAbbr")["1"])
	relative := func(day, which string) string { return text(at(f, day)["relative-type-"+which]) }
	formats := at(g, "dateTimeFormats", "availableFormats")
	all := map[string]string{
		"months": named(at(g, "months"), months), "days": named(at(g, "days"), weekdays),
		"long":   strings.ReplaceAll(text(at(g, "dateFormats")["long"]), "G", "'"+strings.ReplaceAll(era, "'", "''")+"'"),
		"digits": strings.ReplaceAll(text(formats["yMd"]), "G", ""), "yearless": text(formats["Md"]),
		"relative": strings.Join([]string{relative("day", "-1"), relative("day", "0"), relative("day", "1"), relative("day", "2")}, ";"),
	}
	var this, next []string
	for _, day := range weekdays {
		this, next = append(this, relative(day, "0")), append(next, relative(day, "1"))
	}
	all["this"], all["next"] = strings.Join(this, ";"), strings.Join(next, ";")
	return all, nil
}

// named lists the names of months or days, each with the long one first.
func named(of object, order []string) string {
	var all []string
	for _, key := range order {
		var names []string
		for _, width := range []string{"wide", "abbreviated"} {
			for _, use := range []string{"format", "stand-alone"} {
				if name := text(at(of, use, width)[key]); !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
		all = append(all, strings.Join(names, "|"))
	}
	return strings.Join(all, ";")
}

func text(v any) string {
	if o, ok := v.(object); ok {
		v = o["_value"]
	}
	s, _ := v.(string)
	return s
}

func at(o object, path ...string) object {
	for _, key := range path {
		o, _ = o[key].(object)
	}
	return o
}

func read(file string) (o object, err error) {
	data, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(data, &o)
	}
	return o, err
}
