package i18n

import "golang.org/x/text/language"

// platformLocales are locales of the platform's own making, and what they mean. Its others that
// are no language, such as en_UD (upside down), are served as the language their name begins with.
var platformLocales = map[string]string{
	"cb_IQ": "ckb-IQ", // Sorani Kurdish
	"ck_US": "chr-US", // Cherokee
	"cx_PH": "ceb-PH", // Cebuano
	"es_LA": "es-419", // Spanish in Latin America
	"fb_LT": "en",     // English in leet
	"gx_GR": "grc-GR", // ancient Greek
	"ns_ZA": "nso-ZA", // Northern Sotho
	"qc_GT": "quc-GT", // K'iche'
	"qz_MM": "my-MM",  // Burmese in the Zawgyi encoding
	"sy_SY": "syr-SY", // Syriac
	"sz_PL": "szl-PL", // Silesian
	"tl_ST": "tlh",    // Klingon, which is not Tagalog
	"tz_MA": "tzm-MA", // Tamazight
	"zz_TR": "zza-TR", // Zazaki
}

// readToo are the languages that people who read one of the first column read as well, best
// first, where CLDR's distances do not say so or would take another one before them.
var readToo = map[string][]string{
	"ca":      {"es"},
	"ceb":     {"fil"},
	"grc":     {"el"},
	"li":      {"nl"},
	"nb":      {"no", "nn", "da"},
	"nn":      {"no", "nb", "da"},
	"no":      {"nb", "nn", "da"},
	"quc":     {"es"},
	"sc":      {"it"},
	"se":      {"nb", "no", "nn"},
	"sr-Cyrl": {"sr-Latn"},
	"sr-Latn": {"sr-Cyrl"},
	"syr":     {"ar"},
	"szl":     {"pl"},
	"tzm":     {"zgh"},
	"zza":     {"tr"},
}

// alsoRead returns the languages of readToo for a tag.
func alsoRead(tag language.Tag) []language.Tag {
	written := writtenIn(tag)
	names := readToo[written.base.String()]
	if names == nil {
		names = readToo[written.base.String()+"-"+written.script.String()]
	}
	var tags []language.Tag
	for _, name := range names {
		tags = append(tags, language.MustParse(name))
	}
	return tags
}

// written is a language in a script: people who read it in one region read it in all.
type written struct {
	base   language.Base
	script language.Script
}

func writtenIn(tag language.Tag) written {
	base, _ := tag.Base()
	script, _ := tag.Script()
	return written{base, script}
}

// regions are the localizers of one language in one script.
type regions struct {
	localizers []*Localizer
	matcher    language.Matcher
}

// byLanguage groups localizers. The first of a group is its matcher's default.
func byLanguage(localizers []*Localizer) map[written]*regions {
	groups := map[written]*regions{}
	for _, localizer := range localizers {
		of := writtenIn(localizer.tag)
		if groups[of] == nil {
			groups[of] = &regions{}
		}
		groups[of].localizers = append(groups[of].localizers, localizer)
	}
	for _, group := range groups {
		var tags []language.Tag
		for _, localizer := range group.localizers {
			tags = append(tags, localizer.tag)
		}
		group.matcher = language.NewMatcher(tags)
	}
	return groups
}

// nearest returns the localizer of the region that is nearest to a tag's, and how near it is.
func (r *regions) nearest(tag language.Tag) (*Localizer, language.Confidence) {
	if r == nil {
		return nil, language.No
	}
	_, index, nearness := r.matcher.Match(tag)
	return r.localizers[index], nearness
}
