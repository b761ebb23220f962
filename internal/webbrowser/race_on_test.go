//go:build race

package webbrowser_test

const raceDetector = true
