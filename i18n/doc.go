// Package i18n says a bot's texts in the language of each person it talks to.
//
// A [Catalog] holds the texts, read by [Load] from one file for each language, such as zh-TW.json and pt-BR.json. A message
// id is the text itself, in the language it is written in, or a key, whose text is in the catalogue of that language:
//
//	{
//	  "Hello, %{first_name|there}!": "Hallo, %{first_name|du}!",
//	  "orders.shipped": {
//	    "plural": "count",
//	    "one": "Ein Paket ist unterwegs",
//	    "other": "%{count} Pakete sind unterwegs"
//	  }
//	}
//
// Only %{name} is special in a text, so that "100% cotton" is safe. A text with a choice is a map: plural, ordinal or select
// names the argument that decides, and the cases are whole texts, or choices again. docs/i18n.md has the rules, and what is
// checked when catalogues are loaded.
//
//	text := i18n.From(ctx).Text("orders.shipped", i18n.Args{"count": 3})
//
// Arguments are written as in the language of the text and the region of the person: numbers, [Money], [Percent], dates and
// times in the person's time zone, lists. [Localizer.Format] writes one by itself.
//
// [Catalog.For] finds the catalogue for the locale of a person, as the platform writes it ("zh_TW"), by the distances between
// languages that Unicode's CLDR lists. A person reads the source texts if no catalogue is near their language, or if their
// locale is missing, as it always is on Instagram. There is no global state: the context of a turn carries the [Localizer] of
// its person ([With], [From]).
package i18n
