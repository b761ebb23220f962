-- Tables version 8: the language that was chosen for a person. Replicas of versions 4 to 7 go on beside those of this one: they leave it
-- as it is, and speak the language of the profile.

ALTER TABLE messenger_people ADD COLUMN language TEXT NOT NULL DEFAULT '';
