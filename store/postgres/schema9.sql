-- Tables version 9: why the last try of an event failed. Replicas of versions 4 to 8 go on beside those of this one: they leave what they find as it
-- is, which may then be of the try before.

ALTER TABLE messenger_inbox ADD COLUMN failures TEXT NOT NULL DEFAULT '';
ALTER TABLE messenger_raised ADD COLUMN failures TEXT NOT NULL DEFAULT '';
