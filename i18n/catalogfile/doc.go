// Package catalogfile reads catalogues of package i18n in formats other than JSON, so that only programs that use them link
// the readers.
//
//	//go:embed locales
//	var locales embed.FS
//
//	catalog, err := i18n.Load(locales, "locales", catalogfile.YAML())
//
// A catalogue in YAML has the same content as one in JSON, and may have comments:
//
//	# The size of a parcel.
//	Small: Klein
//	orders.shipped:
//	  plural: count
//	  one: Ein Paket ist unterwegs
//	  other: "%{count} Pakete sind unterwegs"
//
// A text that begins with % stands in quotation marks, since YAML keeps that character for itself.
package catalogfile
