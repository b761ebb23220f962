-- Tables version 7: a raised event stays one, whoever replays its dead letter. Replicas of versions 4 to 6 go on beside those of this one.

-- A replica of version 4 deletes the letter and puts the event into the inbox, where it would not count as raised. When that transaction
-- ends, the event is moved to where it was before.
CREATE FUNCTION messenger_replay_raised() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN
		WITH replayed AS (
			DELETE FROM messenger_inbox WHERE page_id = OLD.page_id AND person_id = OLD.person_id AND key = OLD.key
			RETURNING page_id, person_id, key, order_at, event_at, body, attempts, only_routes, received_at)
		INSERT INTO messenger_raised
			(page_id, person_id, key, event_key, due_at, order_at, event_at, raised_at, body, once, attempts, only_routes)
		SELECT page_id, person_id, OLD.raised_key, key, received_at, order_at, event_at, OLD.raised_at, body, FALSE, attempts, only_routes
		FROM replayed;
		RETURN NULL;
	END
$$;
CREATE CONSTRAINT TRIGGER messenger_replay_raised AFTER DELETE ON messenger_dead DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW WHEN (OLD.raised_key <> '') EXECUTE FUNCTION messenger_replay_raised();
