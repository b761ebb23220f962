package command

import (
	"net/http"
	"time"
)

// SetHeaderTime gives clients more time, for machines that are busy with other tests.
func SetHeaderTime(d time.Duration) { headerTime = d }

// WithAfter is a config whose commands wait otherwise.
func WithAfter(config Config, after func(time.Duration) <-chan time.Time) Config {
	config.after = after
	return config
}

// WithNow is a config whose commands have another clock.
func WithNow(config Config, now func() time.Time) Config {
	config.now = now
	return config
}

// WithClient is a config whose commands call webhooks by another client.
func WithClient(config Config, client *http.Client) Config {
	config.client = client
	return config
}

// WithTransport is a config whose commands call the platform otherwise, where they look at an account.
func WithTransport(config Config, transport http.RoundTripper) Config {
	config.transport = transport
	return config
}

// WriteProject makes a directory with files of these names, and a text.
func WriteProject(dir string, names ...string) error {
	var files []projectFile
	for _, name := range names {
		files = append(files, projectFile{name, "text"})
	}
	_, err := writeProject(dir, files)
	return err
}
