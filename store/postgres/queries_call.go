package postgres

// The guard of users' functions.
const (
	// beginCall takes away the key that the call before has left, sets the server's limits, and reads what restoreNames needs.
	beginCall = `SELECT txid_current(), current_setting('role'), current_setting('search_path'),
		set_config('messenger.guard', '', TRUE), set_config('statement_timeout', $1, TRUE), set_config('idle_in_transaction_session_timeout', $1, TRUE),
		set_config('lock_timeout', $1, TRUE)`
	// lockGuard is before the savepoint, so that no function can roll it back.
	lockGuard = `INSERT INTO messenger_guard (lock) VALUES ($1)`
	enterCall = `SAVEPOINT messenger_call`

	// leaveCall takes the savepoints along that the function has left.
	leaveCall = `RELEASE SAVEPOINT messenger_call`
	// restoreNames restores what a function may have set for the session.
	restoreNames = `SELECT set_config('role', $1, FALSE), set_config('search_path', $2, FALSE)`
	unlockGuard  = `DELETE FROM messenger_guard WHERE lock = $1
		RETURNING txid_current(), set_config('messenger.guard', $2, TRUE)`

	// failTransaction makes the transaction refuse what follows, where a statement has failed before it reached the server.
	failTransaction = `DO $$ BEGIN RAISE EXCEPTION 'a statement of an OnCommit function failed before it reached the server'; END $$`
)
