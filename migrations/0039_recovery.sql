-- What a code that went to a contact of record is good for.
ALTER TABLE contact_code ADD COLUMN purpose TEXT NOT NULL DEFAULT 'enrolment';

-- A person's recoveries: whether one waits, is due, or was objected to.
CREATE INDEX held_enrolment_player ON held_enrolment (player, kind, began_at);
