// Package gettext reads and writes the catalogues of GNU gettext, so that a bot brings the translations that it has, and
// translators use the tools that they know.
//
// [ReadDir] reads .po and .mo files as they lie in a project: locale/pt_BR/LC_MESSAGES/django.po, or locale/pt_BR.po.
//
//	files, err := gettext.ReadDir(locales, "locale")
//	…
//	catalog, err := i18n.Build(files)
//
// With the options [PO] and [MO], i18n.Load reads files such as de.po beside others.
//
// The msgid is the message id. An entry with a msgctxt has the id that gettext gives it: the context, U+0004, the msgid. An
// entry with a plural chooses by the placeholder of its msgid_plural, or by count, and its forms are those of the header's
// expression, which need not be those of CLDR. Fuzzy, obsolete and empty entries are left out, as msgfmt does.
//
// [WritePO] writes a catalogue for translators, with the source text as msgid; [ReadPO] reads it back without loss.
//
// https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html
package gettext
