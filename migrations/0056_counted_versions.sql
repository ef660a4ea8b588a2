-- When a version came to count, and whether a person let it: what later ones are held against.
ALTER TABLE restriction_version ADD COLUMN counted_at BIGINT;
ALTER TABLE restriction_version ADD COLUMN released BIGINT NOT NULL DEFAULT 0;
UPDATE restriction_version SET counted_at = touched_at WHERE state IN ('current', 'previous');
