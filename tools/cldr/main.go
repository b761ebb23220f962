// Command cldr writes the table of package i18n/internal/cldr from Unicode's CLDR, as it is published for JavaScript:
//
//	npm pack cldr-core cldr-dates-full cldr-numbers-full cldr-misc-full
//
// Unpack each into a folder of its name, and give the folder that has the four:
//
//	go run ./cldr -data DIR -languages ../i18n/testdata/locales.txt > ../i18n/internal/cldr/locales.tsv
//
// The names of languages are in a table of their own, from cldr-localenames-full:
//
//	go run ./cldr -names -data DIR -languages ../i18n/testdata/locales.txt > ../i18n/internal/cldr/languages.tsv
//
// A line has a locale, the one it inherits from, and what differs from that one.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// tree is a JSON document.
type tree struct{ v any }

func (t tree) at(keys ...string) tree {
	for _, key := range keys {
		m, _ := t.v.(map[string]any)
		t = tree{m[key]}
	}
	return t
}

func (t tree) text() string {
	switch v := t.v.(type) {
	case string:
		return v
	case map[string]any:
		s, _ := v["_value"].(string)
		return s
	}
	return ""
}

func (t tree) keys() []string {
	m, _ := t.v.(map[string]any)
	return slices.Sorted(maps.Keys(m))
}

// texts joins the values of keys.
func (t tree) texts(keys ...string) string {
	var all []string
	for _, key := range keys {
		all = append(all, t.at(key).text())
	}
	joined := strings.Join(all, "|")
	if strings.Count(joined, "|") != len(keys)-1 || strings.ContainsAny(joined, "\t\n") {
		log.Fatalf("%q has a separator", joined)
	}
	return joined
}

type source struct {
	dir                                       string
	parents, numbering, days, currency, plain tree
}

func read(path ...string) tree {
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		log.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		log.Fatal(err)
	}
	return tree{v}
}

func main() {
	dir := flag.String("data", "", "the folder with the four packages")
	languages := flag.String("languages", "", "a file whose lines begin with the locales of the platform")
	names := flag.Bool("names", false, "write the names of languages instead, which are in cldr-localenames-full")
	flag.Parse()
	if *names {
		writeNames(*dir, wantedLanguages(*languages))
		return
	}
	core := filepath.Join(*dir, "cldr-core", "supplemental")
	s := source{
		dir:       *dir,
		parents:   read(core, "parentLocales.json").at("supplemental", "parentLocales", "parentLocale"),
		numbering: read(core, "numberingSystems.json").at("supplemental", "numberingSystems"),
		days:      read(core, "dayPeriods.json").at("supplemental", "dayPeriodRuleSet"),
		currency:  read(core, "currencyData.json").at("supplemental", "currencyData", "fractions"),
	}
	wanted := wantedLanguages(*languages)
	entries, err := os.ReadDir(filepath.Join(*dir, "cldr-dates-full", "main"))
	if err != nil {
		log.Fatal(err)
	}
	fields := map[string]map[string]string{"und": s.locale("und")}
	for _, entry := range entries {
		base, _, _ := strings.Cut(entry.Name(), "-")
		if wanted[base] {
			fields[entry.Name()] = s.locale(entry.Name())
		}
	}
	fmt.Printf("# Unicode CLDR %s, see LICENSE.unicode. Written by tools/cldr.\n", read(*dir, "cldr-core", "package.json").at("version").text())
	fmt.Printf("currencies\t%s\n", s.fractions())
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		parent := s.parent(name, fields)
		var differ []string
		for _, key := range slices.Sorted(maps.Keys(fields[name])) {
			if value := fields[name][key]; parent == "" || value != fields[parent][key] {
				differ = append(differ, key+"="+value)
			}
		}
		fmt.Println(strings.Join(append([]string{name, parent}, differ...), "\t"))
	}
}

func wantedLanguages(file string) map[string]bool {
	data, err := os.ReadFile(file)
	if err != nil {
		log.Fatal(err)
	}
	// What the platform's own codes mean, and languages that a bot may have besides.
	wanted := map[string]bool{"ckb": true, "chr": true, "ceb": true, "nso": true, "quc": true, "syr": true, "szl": true, "tzm": true, "zgh": true, "fil": true, "no": true}
	for line := range strings.Lines(string(data)) {
		if locale, _, ok := strings.Cut(line, "_"); ok && len(locale) <= 3 && locale != "cb" && locale != "zz" {
			wanted[locale] = true
		}
	}
	return wanted
}

// parent returns what a locale inherits from, by CLDR's list or by leaving out its end.
func (s source) parent(name string, known map[string]map[string]string) string {
	if name == "und" {
		return ""
	}
	for name != "" {
		parent := s.parents.at(name).text()
		if parent == "" {
			parent = name[:max(strings.LastIndexByte(name, '-'), 0)]
		}
		if known[parent] != nil {
			return parent
		}
		name = parent
	}
	return "und"
}

// fractions are the currencies that have another number of decimals than 2.
func (s source) fractions() string {
	var all []string
	for _, code := range s.currency.keys() {
		if digits := s.currency.at(code, "_digits").text(); digits != "2" && code != "DEFAULT" {
			all = append(all, code+digits)
		}
	}
	return strings.Join(all, "|")
}

func (s source) locale(name string) map[string]string {
	f := map[string]string{}
	numbers := read(s.dir, "cldr-numbers-full", "main", name, "numbers.json").at("main", name, "numbers")
	system := numbers.at("defaultNumberingSystem").text()
	f["digits"] = ""
	if system != "latn" {
		f["digits"] = s.numbering.at(system, "_digits").text()
	}
	symbols := numbers.at("symbols-numberSystem-" + system)
	f["decimal"], f["group"] = symbols.at("decimal").text(), symbols.at("group").text()
	f["minus"], f["percentSign"] = symbols.at("minusSign").text(), symbols.at("percentSign").text()
	f["currencyDecimal"], f["currencyGroup"] = symbols.at("currencyDecimal").text(), symbols.at("currencyGroup").text()
	f["minGrouping"] = numbers.at("minimumGroupingDigits").text()
	f["decimalPattern"] = numbers.at("decimalFormats-numberSystem-"+system, "standard").text()
	f["percentPattern"] = numbers.at("percentFormats-numberSystem-"+system, "standard").text()
	money := numbers.at("currencyFormats-numberSystem-" + system)
	f["currencyPattern"] = money.at("standard").text()
	f["currencyAlpha"] = money.at("standard-alphaNextToNumber").text()
	if f["currencyAlpha"] == "" {
		f["currencyAlpha"] = f["currencyPattern"]
	}
	f["symbols"] = s.symbols(name)
	s.dates(name, f)
	lists := read(s.dir, "cldr-misc-full", "main", name, "listPatterns.json").at("main", name, "listPatterns")
	f["and"] = lists.at("listPattern-type-standard").texts("2", "start", "middle", "end")
	f["or"] = lists.at("listPattern-type-or").texts("2", "start", "middle", "end")
	return f
}

// symbols are the currencies whose sign is not their code.
func (s source) symbols(name string) string {
	list := read(s.dir, "cldr-numbers-full", "main", name, "currencies.json").at("main", name, "numbers", "currencies")
	var all []string
	for _, code := range list.keys() {
		if sign := list.at(code, "symbol").text(); sign != "" && sign != code {
			all = append(all, code+sign)
		}
	}
	return strings.Join(all, "|")
}

func (s source) dates(name string, f map[string]string) {
	g := read(s.dir, "cldr-dates-full", "main", name, "ca-gregorian.json").at("main", name, "dates", "calendars", "gregorian")
	var months []string
	for m := range 12 {
		months = append(months, strconv.Itoa(m+1))
	}
	days := []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	styles := []string{"short", "medium", "long", "full"}
	f["months"] = g.at("months", "format", "wide").texts(months...)
	f["monthsShort"] = g.at("months", "format", "abbreviated").texts(months...)
	f["days"] = g.at("days", "format", "wide").texts(days...)
	f["daysShort"] = g.at("days", "format", "abbreviated").texts(days...)
	f["daysAlone"] = g.at("days", "stand-alone", "wide").texts(days...)
	f["halves"] = g.at("dayPeriods", "format", "abbreviated").texts("am", "pm")
	f["dates"] = g.at("dateFormats").texts(styles...)
	f["times"] = g.at("timeFormats").texts(styles[:2]...)
	glue := g.at("dateTimeFormats-atTime", "standard")
	f["glue"] = glue.texts(styles...)
	f["era"], f["periods"] = "", ""
	if strings.Contains(f["dates"], "G") {
		f["era"] = g.at("eras", "eraAbbr", "1").text()
	}
	if strings.Contains(f["times"], "B") {
		base, _, _ := strings.Cut(name, "-")
		f["periods"] = s.periods(base, g.at("dayPeriods", "format", "abbreviated"))
	}
}

// periods are the parts of a day, by the hour at which they begin.
func (s source) periods(base string, names tree) string {
	var all []string
	rules := s.days.at(base)
	for hour := range 24 {
		for _, period := range rules.keys() {
			from, err := strconv.Atoi(strings.TrimSuffix(rules.at(period, "_from").text(), ":00"))
			if err == nil && from == hour {
				all = append(all, fmt.Sprintf("%d%s", hour, names.at(period).text()))
			}
		}
	}
	return strings.Join(all, "|")
}
