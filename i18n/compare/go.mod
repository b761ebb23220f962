module github.com/djmessenger/messenger/i18n/compare

go 1.26.0

require (
	github.com/djmessenger/messenger v0.0.0
	github.com/nicksnyder/go-i18n/v2 v2.7.0
	github.com/stretchr/testify v1.12.1
	golang.org/x/text v0.43.0
)

require (
	github.com/clipperhouse/uax29/v2 v2.7.0 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
)

replace github.com/djmessenger/messenger => ../..
