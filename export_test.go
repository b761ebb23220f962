package messenger

// Stuck returns how many calls do not return now.
func (b *Bot) Stuck() int {
	now, _ := b.guard.Stuck()
	return now
}

// HintTimers returns how many timers of the bot wait.
func (b *Bot) HintTimers() int { return b.engine.Timers() }
