-- Tables version 2: the seq of the event that a process runs with no other turn beside it.

ALTER TABLE messenger_mailbox ADD COLUMN alone BIGINT NOT NULL DEFAULT 0;
