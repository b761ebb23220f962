package messenger

import "strings"

// configError is what is wrong with a [Config], in the words of the part that has found
// it. Each line of the text has the form "Config.Field: problem".
type configError struct {
	// before is what each line begins with: "Config.", or "Config.Policy: ".
	before string
	err    error
}

// inConfig returns an error whose lines begin with a place, or nil.
func inConfig(before string, err error) error {
	if err == nil {
		return nil
	}
	return &configError{before: before, err: err}
}

func (e *configError) Error() string { return fieldsOfGraph.Replace(eachLine(e.before, e.err)) }

func (e *configError) Unwrap() error { return e.err }

// fieldsOfGraph are the fields of graph.Config that have another name in Config.
var fieldsOfGraph = strings.NewReplacer(
	"Config.BaseURL: ", "Config.GraphURL: ",
	"Config.Timeout: ", "Config.SendTimeout: ",
	"Config.Version: ", "Config.GraphVersion: ",
)

// eachLine is the text of an error with a place in front of each line, instead of the
// name of the package that has found it.
func eachLine(place string, err error) string {
	lines := strings.Split(err.Error(), "\n")
	for i, line := range lines {
		for _, named := range []string{"routing: ", "threadsettings: ", "handling: ", "graph: Config."} {
			line = strings.TrimPrefix(line, named)
		}
		lines[i] = place + line
	}
	return strings.Join(lines, "\n")
}
