package messenger

// Stuck returns how many calls do not return now.
func (b *Bot) Stuck() int {
	now, _ := b.guard.Stuck()
	return now
}

// HintTimers returns how many timers of the bot wait.
func (b *Bot) HintTimers() int { return b.engine.Timers() }

// OwnSends reports whether an attempt to send by a bot of that configuration runs none of the program's code.
func (c Config) OwnSends() bool { return c.ownSends() }
