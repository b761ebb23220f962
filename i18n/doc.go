// Package i18n translates a bot's texts into the language of each person it talks to.
//
// The message ids are the texts themselves, in the language they are written in. A [Catalog] holds their translations,
// read by [Load] from files such as zh-TW.json and pt-BR.json:
//
//	{"Hello, %{first_name|there}!": "您好，%{first_name|朋友}！"}
//
// [Catalog.For] turns the locale of a person, as the platform writes it ("zh_TW"), into a [Localizer], by the distances
// between languages that Unicode's CLDR lists. A person reads the ids if no catalogue is near their language, or if their
// locale is missing, as it always is on Instagram. There is no global state: the context of a turn carries the localizer of
// its person ([With], [From]).
package i18n
