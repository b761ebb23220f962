//go:build !race

package browser_test

const raceDetector = false
