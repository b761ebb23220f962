package main

import (
	"path/filepath"
	"testing"

	"github.com/djmessenger/messenger/simulator/scenario/scenariotest"
)

func TestScenarios(t *testing.T) {
	t.Parallel()
	chat := start(t, filepath.Join(t.TempDir(), "quickstart.db"))
	scenariotest.Run(t, chat.Simulator, "testdata/shop.yaml")
}
