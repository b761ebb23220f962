-- Tables version 3: what is known of others who write to a person for the page.

ALTER TABLE messenger_people ADD COLUMN human_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE messenger_people ADD COLUMN thread_owner TEXT NOT NULL DEFAULT '';
ALTER TABLE messenger_people ADD COLUMN thread_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE messenger_people ADD COLUMN thread_standby BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE messenger_people ADD COLUMN resumed_at BIGINT NOT NULL DEFAULT 0;
