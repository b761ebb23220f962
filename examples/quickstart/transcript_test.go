package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djmessenger/messenger/simulator/scenario/scenariotest"
)

// A conversation that was had once is a test from then on: as a transcript, and as a scenario that can be changed by hand.
func TestARecordedConversation(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	chat := start(t, filepath.Join(dir, "quickstart.db"))
	lin := chat.Person("小美", "zh_TW")
	lin.GetsStarted()
	lin.Sees("歡迎光臨，小美！這裡是 Tee Shop。")
	lin.Sees("您想做什麼？")
	lin.Taps("選擇尺寸")
	lin.Sees("您穿什麼尺寸？")
	lin.SendsThumb()
	lin.SendsLocation(25.03, 121.56)
	chat.Idle()
	transcript, err := chat.Simulator.Transcript(lin.ID)
	require.NoError(t, err)
	for name, text := range map[string]string{"lin.json": string(transcript.Encode()), "lin.yaml": transcript.Scenario()} {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		scenariotest.Run(t, chat.Simulator, file)
	}
}
