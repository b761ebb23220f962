package settingsfile

// String is a text of a settings file that is translated: a message id.
type String struct {
	File         string
	Line, Column int
	Limit        int // the most characters that the platform takes
	Text         string
}

// Strings returns the texts of a file that [threadsettings.Settings.Localize] translates, those of the default blocks, for
// tools that prepare catalogues. Errors are those of [Parse].
func Strings(name string, content []byte) ([]String, error) {
	r, err := read(name, content)
	if err != nil {
		return nil, err
	}
	var found []String
	for _, ref := range r.settings.TextRefs() {
		at := r.locate(ref.Place).value.At
		found = append(found, String{File: name, Line: at.Line, Column: at.Column, Limit: ref.Limit, Text: ref.Key})
	}
	return found, nil
}
